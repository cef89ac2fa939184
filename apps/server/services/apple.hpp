// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/apple_service.hpp>
#include <apple_phones/phones.hpp>

#include <functional>

namespace oakum::server {

// How the management of Apple's devices runs; nothing where it is switched off.
struct AppleFacts {
    std::function<std::string()> address;
    bool weak_scep = false;
    std::function<std::optional<std::string>()> topic;
    std::function<std::optional<base::TimePoint>()> push_expires;
    std::function<std::string()> push_failing; // why no phone can be woken; empty: they can
};

class AppleService final : public api::AppleService {
  public:
    // `phones` null: switched off.
    AppleService(Context context, apple_phones::Phones* phones, AppleFacts facts)
        : context_(context), phones_(phones), facts_(std::move(facts)) {}

    void get(const access::Actor& actor, api::Answer<api::AppleManagement> answer) override;
    void phones(const access::Actor& actor, api::Answer<std::vector<api::ApplePhone>> answer) override;
    void make_profile(const access::Actor& actor, api::AppleProfileNew wish,
                      api::Answer<api::AppleProfile> answer) override;
    void ask(const access::Actor& actor, device::DeviceId device, api::Answer<base::Nothing> answer) override;
    void release(const access::Actor& actor, device::DeviceId device,
                 api::Answer<base::Nothing> answer) override;

  private:
    Context context_;
    apple_phones::Phones* phones_;
    AppleFacts facts_;
};

} // namespace oakum::server
