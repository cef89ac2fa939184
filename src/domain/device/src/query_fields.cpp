// SPDX-License-Identifier: Apache-2.0
#include <device/query_fields.hpp>

#include <array>

namespace oakum::device {
namespace {

using Words = std::span<const std::string_view>;
constexpr std::array<std::string_view, 5> kLifecycles{"pending", "active", "quiet", "retired", "unmanaged"};
constexpr std::array<std::string_view, 4> kCriticality{"low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 3> kExposure{"isolated", "internal", "internet"};
// "none" and the states of domain/install, which stands after this library (a test of engine/fleet holds the
// two together).
constexpr std::array<std::string_view, 18> kDeployments{
    "none",        "offered",    "downloading", "downloaded", "awaiting_window", "awaiting_user",
    "installing",  "rebooting",  "installed",   "soaking",    "verified",        "failed",
    "rolled_back", "cancelling", "withdrawn",   "superseded", "expired",         "silent"};

constexpr QueryField fact(std::string_view name, ValueType type, std::string_view what,
                          std::string_view example, Words words = {}) {
    return {name, Field::fact, type, true, false, words, what, example};
}
constexpr QueryField flag(std::string_view name, Field field, std::string_view what,
                          std::string_view example) {
    return {name, field, ValueType::boolean, false, true, {}, what, example};
}

constexpr std::array kFields{
    fact(key::serial, ValueType::text, "its serial number", "serial = CAM-0007"),
    fact(key::name, ValueType::text, "its name", "name = \"gate *\""),
    fact(key::kind, ValueType::text, "what it is: camera, gateway, phone", "kind in (camera, gateway)"),
    fact(key::manufacturer, ValueType::text, "who made it", "manufacturer = Acme"),
    fact(key::model, ValueType::text, "its model", "model = AC-*"),
    fact(key::hw_revision, ValueType::version, "the revision of its hardware", "hw_revision >= 3"),
    fact(key::platform, ValueType::text, "linux, android, ios and others", "platform = android"),
    fact(key::os_version, ValueType::version, "the version of its system", "os_version < 14"),
    fact(key::patch_level, ValueType::date, "the security patch level of its system",
         "patch_level < 2026-09"),
    fact(key::firmware_version, ValueType::version, "the version of its firmware as the device names it",
         "firmware_version < 2.4"),
    fact(key::kernel, ValueType::version, "the version of its kernel", "kernel < 6.1.55"),
    fact(key::address, ValueType::address, "its address in the network", "address in 10.1.0.0/16"),
    fact(key::site, ValueType::text, "where it stands", "site = \"Plant 3\""),
    fact(key::zone, ValueType::text, "the zone of its network", "zone = ot"),
    fact(key::owner, ValueType::text, "who is responsible for it", "exists(owner)"),
    fact(key::criticality, ValueType::criticality, "what its loss would cost", "criticality >= high",
         kCriticality),
    fact(key::exposure, ValueType::exposure, "who can reach it", "exposure = internet", kExposure),
    fact(key::support_end, ValueType::date, "until when its maker mends it", "support_end < 2027"),
    fact(key::cadence, ValueType::number, "seconds between two signs of life", "cadence > 3600"),
    fact(key::timezone, ValueType::text, "the time zone that it stands in", "timezone = Europe/Berlin"),
    fact(key::safety, ValueType::boolean, "whether people can be hurt when it fails",
         "safety_critical = yes"),
    fact(key::unattended, ValueType::boolean, "whether nobody is near it", "unattended = yes"),
    fact(key::protocol, ValueType::text, "how it speaks with the server", "protocol = native"),
    QueryField{"tag.*", Field::fact, ValueType::open, true, false, {}, "a key of your own", "tag.ring = 7"},
    QueryField{"x.*",
               Field::fact,
               ValueType::open,
               true,
               false,
               {},
               "a key that the device reports of its own",
               "x.build < 2.4.9"},
    QueryField{
        "id", Field::id, ValueType::text, false, false, {}, "its id here", "id = 01jc0000000000000000000002"},
    QueryField{"lifecycle", Field::lifecycle, ValueType::text, true, false, kLifecycles,
               "the life of its record; quiet: not heard of for longer than its cadence allows; unmanaged: "
               "only seen on a "
               "network",
               "lifecycle = quiet"},
    QueryField{"group",
               Field::group,
               ValueType::text,
               true,
               false,
               {},
               "name or id of its own group, and of every group by query that holds it",
               "group = \"Canteen phones\""},
    QueryField{"first_seen",
               Field::first_seen,
               ValueType::date,
               true,
               false,
               {},
               "when it first became known",
               "first_seen >= 2026-11"},
    QueryField{"last_seen",
               Field::last_seen,
               ValueType::date,
               true,
               false,
               {},
               "when it was last heard of",
               "last_seen < 2026-11-05"},
    QueryField{"running_version",
               Field::running_version,
               ValueType::version,
               true,
               false,
               {},
               "the version of the release that it runs",
               "running_version < 2.4.1"},
    QueryField{"hold",
               Field::hold,
               ValueType::boolean,
               true,
               false,
               {},
               "whether a person keeps updates away from it",
               "hold = yes"},
    QueryField{"revoked",
               Field::revoked,
               ValueType::boolean,
               true,
               false,
               {},
               "whether its certificate no longer counts",
               "revoked = yes"},
    QueryField{"clone",
               Field::clone,
               ValueType::boolean,
               true,
               false,
               {},
               "whether two devices seem to speak as this one",
               "clone = yes"},
    QueryField{"enrolled",
               Field::enrolled,
               ValueType::boolean,
               true,
               false,
               {},
               "whether it has an identity here; one that is known from an import alone cannot be reached",
               "enrolled = no and not exists(x.connector)"},
    QueryField{"rollout",
               Field::rollout,
               ValueType::text,
               true,
               false,
               {},
               "the id of the newest rollout that asked something of it, or none",
               "rollout = none"},
    QueryField{"deployment", Field::deployment, ValueType::text, true, false, kDeployments,
               "the state of its present deployment", "deployment in (failed, rolled_back)"},
    QueryField{"component(\"name\")",
               Field::component,
               ValueType::version,
               false,
               true,
               {},
               "a piece of its software, by name or bundle id; alone: whether it is there",
               "component(\"busybox\") < 1.36"},
    QueryField{"finding",
               Field::finding,
               ValueType::text,
               true,
               false,
               {},
               "an advisory that it is open to",
               "finding = CVE-2024-6387"},
    flag("kev", Field::kev, "whether it is open to something that is known to be exploited",
         "exposure = internet and kev"),
    flag("overdue", Field::overdue, "whether the time for a fix has passed, by the policy that is in force",
         "overdue and owner = anna"),
    flag("cannot_tell", Field::cannot_tell,
         "whether nothing can be said of it, though it is managed: no software was reported, or nothing is "
         "known against it while something is unclear",
         "cannot_tell and lifecycle = active"),
};

} // namespace

std::span<const QueryField> query_fields() {
    return kFields;
}

const QueryField* find_query_field(std::string_view name) {
    for (const QueryField& field : kFields) {
        const bool whole = field.name == name || (field.field == Field::component && name == "component");
        const bool own =
            field.name.ends_with('*') && name.starts_with(field.name.substr(0, field.name.size() - 1));
        if (whole || own) return &field;
    }
    return nullptr;
}

ValueType type_of_key(std::string_view name) {
    const QueryField* field = find_query_field(name);
    return field == nullptr ? ValueType::text : field->type;
}

std::optional<int> rank_of(ValueType scale, std::string_view word) {
    const Words words = scale == ValueType::criticality ? Words(kCriticality)
                        : scale == ValueType::exposure  ? Words(kExposure)
                                                        : Words();
    for (std::size_t i = 0; i < words.size(); ++i)
        if (equal_ignoring_case(words[i], word)) return static_cast<int>(i);
    return std::nullopt;
}

std::span<const std::string_view> deployment_words() {
    return kDeployments;
}

std::string_view to_string(ValueType type) {
    switch (type) {
    case ValueType::text:
        return "text";
    case ValueType::version:
        return "version";
    case ValueType::date:
        return "date";
    case ValueType::number:
        return "number";
    case ValueType::boolean:
        return "yes or no";
    case ValueType::criticality:
    case ValueType::exposure:
        return "scale";
    case ValueType::address:
        return "address";
    case ValueType::open:
        return "open";
    }
    return "?";
}

std::string_view meaning(ValueType type) {
    switch (type) {
    case ValueType::text:
        return "compared without regard to upper and lower case; a trailing * matches any rest";
    case ValueType::version:
        return "numbers compare as numbers: 1.10 > 1.9; a component's version by the rules of its ecosystem";
    case ValueType::date:
        return "2026, 2026-11 and 2026-11-05 begin on their first day, UTC; a time as 2026-11-05T06:00:00Z";
    case ValueType::number:
        return "a number";
    case ValueType::boolean:
        return "yes or no; true, false, 1 and 0 as well";
    case ValueType::criticality:
    case ValueType::exposure:
        return "words in the order that the field gives";
    case ValueType::address:
        return "one address or a range: 10.1.0.0/16, fd00::1";
    case ValueType::open:
        return "numbers, dates and versions are recognised";
    }
    return "?";
}

} // namespace oakum::device
