// LINK: codecs_management_pages
// SPDX-License-Identifier: Apache-2.0
#include <management_pages/android.hpp>
#include <management_pages/android_policy.hpp>
#include <management_pages/answers.hpp>
#include <management_pages/intune.hpp>

#include <cstdlib>

using namespace oakum;

// Whatever a management system, or somebody in its name, answers: read within bounds, and of a personal
// device nothing is kept that is not to be.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto page = management_pages::intune_devices(text); page.ok())
        for (const connector::ManagedDevice& device : page->devices) {
            if (device.id.empty()) std::abort();
            for (const auto& [key, value] : device.facts)
                if (value.empty() || (device.personal && !connector::is_kept_of_personal(key))) std::abort();
        }
    if (const auto page = management_pages::android_devices(text); page.ok())
        for (const connector::ManagedDevice& device : page->devices)
            for (const auto& [key, value] : device.facts)
                if (value.empty() || (device.personal && !connector::is_kept_of_personal(key))) std::abort();
    (void)management_pages::android_policy_of_device(text).ok();
    // What is made of a policy is one, and the same is made of it again.
    if (const auto made = management_pages::android_update_policy("default", text, {}); made.ok())
        if (const auto again = management_pages::android_update_policy("default", made->body, {});
            size < 1'000'000 && (!again.ok() || again->body != made->body))
            std::abort();
    (void)management_pages::service_account_of(text).ok();
    (void)management_pages::intune_apps(text).ok();
    (void)management_pages::intune_device_ids(text).ok();
    if (const auto token = management_pages::token_of(text);
        token.ok() && token->text.find_first_of("\r\n ") != std::string::npos)
        std::abort();
    if (management_pages::error_in(text).find('\n') != std::string::npos) std::abort();
    return 0;
}
