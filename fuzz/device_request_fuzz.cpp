// LINK: platform_pki
// SPDX-License-Identifier: Apache-2.0
#include <pki/authority.hpp>
#include <pki/certificate.hpp>

#include <cstdlib>

// A device's certificate request (PKCS#10), as it comes with an enrolment token. Whatever is in it, the
// certificate names the device that the server means, and only for as long as the server says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    static const base::TimePoint now = base::from_unix_ms(1'800'000'000'000);
    static const pki::Authority authority = [] {
        auto made = pki::Authority::make("fuzz", pki::Serial{0x40, 1}, now);
        if (!made.ok()) std::abort();
        return std::move(*made);
    }();
    const std::string_view text = base::as_text(base::ByteView(data, size));
    const std::string uri = "urn:oakum:fuzz:device";
    const auto issued =
        authority.issue_device(text, uri, pki::Serial{0x40, 2}, {now, now + std::chrono::hours(24)});
    if (issued.ok()) {
        const auto read = pki::read_certificate(*issued);
        if (!read.ok() || read->uri != uri || read->not_after != now + std::chrono::hours(24)) std::abort();
    }
    (void)pki::read_certificate(text);
    return 0;
}
