// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oakum::api {

// Oakum's own management of Apple's phones and tablets, as it runs.
struct AppleManagement {
    bool on = false;
    bool weak_scep = false; // requests by old algorithms are borne
    std::string sentence;
    std::string address;              // that new profiles name
    std::optional<std::string> topic; // of the push certificate; null: phones are not woken
    std::optional<base::TimePoint> push_expires;
    std::uint64_t phones = 0; // that are enrolled, and that one may see
};

struct AppleProfileNew {
    std::string label;     // whom it is for
    device::GroupId group; // zero: none
    bool personal = false;
    bool trusted_already = false; // phones know who certifies this server
    std::uint32_t hours = 72;
};
// Told once.
struct AppleProfile {
    std::string label;
    std::string profile; // the .mobileconfig
    base::TimePoint expires{};
    std::vector<std::string> warnings;
};

struct ApplePhone {
    DeviceRef device;
    std::string state = "begun"; // or "enrolled", "left"
    base::TimePoint since{};
    bool personal = false;
    bool wakes = false; // it said how Apple's push service reaches it
    std::optional<base::TimePoint> asked, certificate_expires;
    struct Command {
        std::string kind, words;
        base::TimePoint made{};
        std::optional<base::TimePoint> sent, put_off;
        std::uint32_t times = 0, put_offs = 0;
    };
    std::vector<Command> waiting;
    struct Answer {
        std::string kind;
        base::TimePoint at{};
        std::optional<std::string> error; // null: it went well
    };
    std::vector<Answer> answers; // the newest last
};

// Errors: denied, not_found, invalid (with its place), conflict (it is switched off).
class AppleService {
  public:
    virtual ~AppleService() = default;
    virtual void get(const access::Actor& actor, Answer<AppleManagement> answer) = 0;
    virtual void phones(const access::Actor& actor, Answer<std::vector<ApplePhone>> answer) = 0;
    virtual void make_profile(const access::Actor& actor, AppleProfileNew wish,
                              Answer<AppleProfile> answer) = 0;
    // It is asked for everything when it speaks next.
    virtual void ask(const access::Actor& actor, device::DeviceId device, Answer<base::Nothing> answer) = 0;
    // It is asked to take its profile away.
    virtual void release(const access::Actor& actor, device::DeviceId device,
                         Answer<base::Nothing> answer) = 0;
};

} // namespace oakum::api
