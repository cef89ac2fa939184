// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/bytes.hpp>
#include <base/time.hpp>

namespace oakum::api {

// A device that somebody named before it came, by how it calls itself and the key that both sides hold.
struct Lwm2mEndpoint {
    std::string endpoint;
    std::string identity; // by which DTLS knows it; empty where it has no key
    std::optional<GroupRef> group;
    bool has_key = true;
    base::TimePoint created{};
};
struct Lwm2mEndpointNew {
    std::string endpoint, identity;
    std::optional<base::Bytes> key; // nothing: one is made
    device::GroupId group;
    bool without_key = false;
};
struct Lwm2mEndpointMade {
    Lwm2mEndpoint endpoint;
    std::string key; // hexadecimal, told this once; empty where there is none
};

class Lwm2mService {
  public:
    virtual ~Lwm2mService() = default;
    virtual void list(const access::Actor& actor, PageRequest page, Answer<Page<Lwm2mEndpoint>> answer) = 0;
    // Errors: denied, not_found (the group), invalid, conflict.
    virtual void add(const access::Actor& actor, Lwm2mEndpointNew endpoint,
                     Answer<Lwm2mEndpointMade> answer) = 0;
    // Errors: denied, not_found.
    virtual void remove(const access::Actor& actor, std::string endpoint, Answer<base::Nothing> answer) = 0;
};

} // namespace oakum::api
