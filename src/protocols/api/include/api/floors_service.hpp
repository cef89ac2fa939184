// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <device/ids.hpp>
#include <exception/machine.hpp>
#include <floor/policy.hpp>

namespace oakum::api {

// A floor for phones and tablets, and how its devices stand to it.
struct Floor {
    floor::Floor kept;
    std::string words, sentence;
    std::string devices; // whom it is about, as a query
    std::uint64_t total = 0, keeps = 0, short_of_it = 0, overdue = 0, cannot = 0, unknown = 0, excepted = 0;
    struct Reason { // why devices cannot, or cannot be told
        std::string reason, words;
        std::uint64_t devices = 0;
    };
    std::vector<Reason> reasons;
    struct Model {
        std::string model;
        std::uint64_t devices = 0, below = 0;
        std::optional<std::string> newest; // that it is offered; empty: nothing any more
    };
    std::vector<Model> models;
    struct Device {
        device::DeviceId id;
        std::string name, model, runs, wanted, standing, reason, words;
        std::optional<base::TimePoint> deadline;
        std::string local; // on its own clock
    };
    std::vector<Device> below; // the worst first, at most 200
    std::vector<std::string> warnings;
    std::optional<base::TimePoint> offered_as_of;
};
struct FloorDecision {
    std::uint32_t number = 0; // of the exception
    std::string why;
};

// Errors: denied, not_found, invalid (with its place), conflict.
class FloorsService {
  public:
    virtual ~FloorsService() = default;
    virtual void list(const access::Actor& actor, Answer<std::vector<Floor>> answer) = 0;
    virtual void get(const access::Actor& actor, std::string name, Answer<Floor> answer) = 0;
    virtual void preview(const access::Actor& actor, floor::Policy policy, Answer<Floor> answer) = 0;
    virtual void put(const access::Actor& actor, floor::Policy policy, Answer<Floor> answer) = 0;
    virtual void remove(const access::Actor& actor, std::string name, Answer<base::Nothing> answer) = 0;
    virtual void except(const access::Actor& actor, std::string name, floor::Exception wish,
                        Answer<Floor> answer) = 0;
    virtual void decide(const access::Actor& actor, std::string name, exception::Event event,
                        FloorDecision decision, Answer<Floor> answer) = 0;
};

} // namespace oakum::api
