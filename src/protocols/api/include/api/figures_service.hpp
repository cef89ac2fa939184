// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <ports/rows.hpp>

namespace oakum::api {

// The figures of each day and what moved them.
struct Figures {
    std::optional<GroupRef> group; // nothing: the whole fleet
    base::TimePoint from{}, to{};  // days, both inclusive
    std::optional<base::TimePoint> first_day;
    base::TimePoint as_of{};
    std::optional<std::string> held;
    std::vector<ports::FiguresRow> days;
    std::vector<ports::MarkRow> marks;
};
struct FiguresRequest {
    std::optional<device::GroupId> group;
    std::optional<base::TimePoint> from, to;
};

// Where groups or sites stand now.
enum class HeatBy : std::uint8_t { group, site };
struct Heat {
    struct Row {
        std::optional<GroupRef> group;
        std::optional<std::string> site;
        std::string query; // its devices
        std::optional<std::string> owner;
        std::uint64_t devices = 0, assessed = 0, exposed = 0, exploited = 0, overdue = 0, cannot_tell = 0,
                      quiet = 0;
        double risk = 0;
    };
    base::TimePoint as_of{};
    std::vector<Row> rows; // most exploited first
};

// Which versions the devices of a model ran on each day.
struct Adoption {
    struct Model {
        std::optional<std::string> model; // nothing: not known
        std::uint64_t devices = 0;
    };
    enum class Kind : std::uint8_t { version, others, unknown };
    struct Row {
        base::TimePoint day{};
        Kind kind = Kind::unknown;
        std::optional<std::string> version;
        std::uint64_t devices = 0;
    };
    std::optional<std::string> model;
    base::TimePoint from{}, to{}; // days, both inclusive
    base::TimePoint as_of{};
    std::optional<std::string> held;
    std::vector<Model> models; // as counted last, most devices first
    std::vector<Row> rows;
};
std::string_view to_string(Adoption::Kind kind);
struct AdoptionRequest {
    std::optional<std::string> model; // nothing: the one with most devices; empty: of no known one
    std::optional<base::TimePoint> from, to;
};

class FiguresService {
  public:
    virtual ~FiguresService() = default;
    // Errors: not_found (no such group in scope), invalid (a scope of several groups and none named, days
    // that are none).
    virtual void figures(const access::Actor& actor, FiguresRequest request, Answer<Figures> answer) = 0;
    // `as_of`: as groups were counted last on its day. Errors: invalid (sites, whose figures are not kept; it
    // is to come, nothing was counted).
    virtual void heat(const access::Actor& actor, HeatBy by, std::optional<base::TimePoint> as_of,
                      Answer<Heat> answer) = 0;
    // Errors: denied (to who sees some groups), invalid (days that are none).
    virtual void adoption(const access::Actor& actor, AdoptionRequest request, Answer<Adoption> answer) = 0;
};

} // namespace oakum::api
