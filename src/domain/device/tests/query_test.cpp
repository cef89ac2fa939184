// SPDX-License-Identifier: Apache-2.0
#include <device/query_fields.hpp>
#include <device/query_text.hpp>
#include <doctest/doctest.h>

#include <map>

namespace {

using namespace oakum;
using device::Truth;

// A camera in a plant, with one package and one finding.
struct Camera : device::DeviceView {
    std::map<std::string, std::string, std::less<>> facts = {
        {"serial", "CAM-0007"},   {"model", "AC-200"},
        {"site", "Plant 3"},      {"os_version", "1.10.2"},
        {"address", "10.1.7.20"}, {"criticality", "high"},
        {"exposure", "internal"}, {"patch_level", "2024-05-01"},
        {"unattended", "yes"},    {"cadence", "3600"},
        {"tag.ring", "7"},        {"tag.note", "blue door"},
        {"x.build", "2.4.10"}};
    bool has_inventory = true;
    std::string deployment = "failed", rollout = "01jc0000000000000000000002";
    std::optional<std::string> overdue = "yes"; // nothing: it cannot be told

    std::optional<std::string_view> fact(std::string_view key) const override {
        const auto at = facts.find(key);
        if (at == facts.end()) return std::nullopt;
        return at->second;
    }
    std::optional<std::string> field(device::Field field) const override {
        switch (field) {
        case device::Field::lifecycle:
            return "active";
        case device::Field::last_seen:
            return "2026-11-22T16:00:00Z";
        case device::Field::hold:
        case device::Field::revoked:
        case device::Field::clone:
            return "no";
        case device::Field::enrolled:
            return "yes";
        case device::Field::rollout:
            return rollout;
        case device::Field::deployment:
            return deployment;
        case device::Field::running_version:
            return "1.4.2";
        case device::Field::overdue:
            return overdue;
        case device::Field::cannot_tell:
            return "no";
        default:
            return std::nullopt;
        }
    }
    Truth in_group(const device::Literal& name) const override {
        return device::matches_text(name, "Cameras") ? Truth::yes : Truth::no;
    }
    Truth component(const device::Term& term) const override {
        if (!has_inventory) return Truth::unknown;
        component::Component busybox;
        busybox.name = "busybox";
        busybox.version = "1.35.0";
        return device::names_component(term, busybox) ? device::compare_component(term, busybox) : Truth::no;
    }
    Truth finding(const device::Term& term) const override {
        if (!has_inventory) return Truth::unknown;
        if (term.field == device::Field::kev) return Truth::yes;
        for (const auto& value : term.values)
            if (device::matches_text(value, "CVE-2024-6387")) return Truth::yes;
        return Truth::no;
    }
};

Truth ask(const char* text, const Camera& camera = {}) {
    auto query = device::parse_query(text);
    REQUIRE_MESSAGE(query.ok(), (query.ok() ? std::string(text) : query.error().text()));
    return device::evaluate(*query, camera);
}

} // namespace

TEST_CASE("a query says yes, no or unknown of a device") {
    struct Row {
        const char* query;
        Truth truth;
    };
    const Row rows[] = {
        {"", Truth::yes},
        {"  \n ", Truth::yes},
        {"model = AC-200", Truth::yes},
        {"MODEL = ac-200", Truth::yes},
        {"model == AC-200", Truth::yes},
        {"model = AC-*", Truth::yes},
        {"model = \"AC-*\"", Truth::yes},
        {"model = \"AC-\\*\"", Truth::no},
        {"model = *", Truth::yes},
        {"model != AC-200", Truth::no},
        {"model != AC-300", Truth::yes},
        {"model in (AC-100, AC-200)", Truth::yes},
        {"model in (AC-1*, GW-*)", Truth::no},
        {"model not in (AC-100, AC-300)", Truth::yes},
        {"site = \"Plant 3\"", Truth::yes},
        {"site = 'plant 3'", Truth::yes},
        {"os_version < 1.9", Truth::no},
        {"os_version > 1.9", Truth::yes},
        {"os_version >= 1.10.2", Truth::yes},
        {"os_version = 1.10.2", Truth::yes},
        {"running_version < 1.5", Truth::yes},
        {"patch_level < 2024-06", Truth::yes},
        {"patch_level >= 2024-05-01", Truth::yes},
        {"patch_level < 2024", Truth::no},
        {"last_seen > 2026-11-01", Truth::yes},
        {"address in 10.1.0.0/16", Truth::yes},
        {"address in (10.2.0.0/16, 10.1.7.0/24)", Truth::yes},
        {"address = 10.1.7.20", Truth::yes},
        {"address in 10.2.0.0/16", Truth::no},
        {"address in fd00::/8", Truth::no},
        {"criticality >= high", Truth::yes},
        {"criticality > high", Truth::no},
        {"exposure < internet", Truth::yes},
        {"unattended = true", Truth::yes},
        {"unattended = no", Truth::no},
        {"cadence <= 3600", Truth::yes},
        {"tag.ring > 10", Truth::no},
        {"tag.ring < 10", Truth::yes},
        {"x.build < 2.4.9", Truth::no},
        {"enrolled = yes", Truth::yes},
        {"enrolled = no", Truth::no},
        {"rollout = 01jc0000000000000000000002", Truth::yes},
        {"rollout = none", Truth::no},
        {"exists(rollout)", Truth::yes},
        {"exists(site)", Truth::yes},
        {"exists(owner)", Truth::no},
        {"not exists(tag.ring)", Truth::no},
        {"lifecycle = active", Truth::yes},
        {"group = Cameras", Truth::yes},
        {"group != Cameras", Truth::no},
        {"exists(group)", Truth::yes},
        {"component(\"busybox\") < 1.36", Truth::yes},
        {"component(busybox) >= 1.36", Truth::no},
        {"component(\"openssl\") < 3", Truth::no},
        {"component(\"busybox\")", Truth::yes},
        {"component(\"openssl\")", Truth::no},
        {"finding = CVE-2024-6387", Truth::yes},
        {"finding = CVE-2024-*", Truth::yes},
        {"finding = CVE-2014-0160", Truth::no},
        {"kev", Truth::yes},
        {"not kev", Truth::no},
        {"kev = no", Truth::no},
        {"overdue", Truth::yes},
        {"overdue = no", Truth::no},
        {"not overdue", Truth::no},
        {"overdue in (no)", Truth::no},
        {"cannot_tell", Truth::no},
        {"cannot_tell != yes", Truth::yes},
        {"deployment = failed", Truth::yes},
        {"deployment in (verified, soaking)", Truth::no},
        {"hold = no", Truth::yes},
        {"model = AC-200 and site = \"Plant 3\" and os_version > 1", Truth::yes},
        {"model = X or model = Y or model = AC-200", Truth::yes},
        {"not (model = X or model = AC-200)", Truth::no},
        {"not not model = AC-200", Truth::yes},
        {"model = X and model = Y or model = AC-200", Truth::yes}, // and binds more tightly
        {"model = AC-200 or model = Y and model = X", Truth::yes},
    };
    for (const Row& row : rows) {
        CAPTURE(row.query);
        CHECK(ask(row.query) == row.truth);
    }
}

TEST_CASE("a missing fact makes a comparison unknown, and what does not depend on it stays known") {
    CHECK(ask("owner = anna") == Truth::unknown);
    CHECK(ask("owner != anna") == Truth::unknown);
    CHECK(ask("not owner = anna") == Truth::unknown);
    CHECK(ask("owner = anna or model = AC-200") == Truth::yes);
    CHECK(ask("owner = anna and model = GW-1") == Truth::no);
    CHECK(ask("owner = anna and model = AC-200") == Truth::unknown);
    CHECK(ask("exists(owner) and owner = anna") == Truth::no);
    CHECK(ask("tag.note < 5") == Truth::unknown); // not a number, a date or a version
    Camera mute;
    mute.has_inventory = false;
    CHECK(ask("component(\"openssl\") < 3", mute) == Truth::unknown);
    CHECK(ask("finding = CVE-2014-0160", mute) == Truth::unknown);
    CHECK(ask("not kev", mute) == Truth::unknown);
    Camera unclear;
    unclear.overdue.reset();
    CHECK(ask("overdue", unclear) == Truth::unknown);
    CHECK(ask("overdue = no", unclear) == Truth::unknown);
    CHECK(ask("overdue and cannot_tell", unclear) == Truth::no);
}

TEST_CASE("an error points at the column and says what is wrong") {
    struct Row {
        const char* query;
        const char* where;
        const char* says;
    };
    const Row rows[] = {
        {"model =", "column 8", "expected a value"},
        {"model", "column 6", "expected ="},
        {"modle = X", "column 1", "did you mean 'model'"},
        {"model = X and", "column 14", "expected a condition"},
        {"(model = X", "column 11", "expected ')' for the '(' of column 1"},
        {"model = X)", "column 10", "closes nothing"},
        {"model = \"X", "column 9", "never closed"},
        {"model = A*B", "column 10", "only at the end"},
        {"model < A", "column 7", "has no order"},
        {"os_version < latest", "column 14", "is not a version"},
        {"patch_level > 2024-13-01", "column 15", "is not a date"},
        {"address in 10.1.0.0/33", "column 12", "is not an address"},
        {"address in 10.1.0", "column 12", "is not an address"},
        {"criticality = huge", "column 15", "low, medium, high or critical"},
        {"unattended = maybe", "column 14", "yes or no"},
        {"lifecycle = dead", "column 13", "pending, active"},
        {"deployment = faild", "column 14", "state of a deployment"},
        {"model in (A, )", "column 14", "expected a value"},
        {"model in (A", "column 12", "expected ',' or ')'"},
        {"model not A", "column 11", "expected 'in'"},
        {"model = X model = Y", "column 11", "expected 'and', 'or'"},
        {"component(busybox < 1", "column 19", "expected ')'"},
        {"component busybox", "column 11", "expected '('"},
        {"site = ?", "column 8", "in quotes"},
        {"site ! X", "column 6", "only in !="},
        {"site = \"\"", "column 8", "use exists(site)"},
        {"os_version > 1*", "column 14", "only"},
        {"id = x", "column 6", "device's id"},
        {"exists(component)", "column 8", "does not know"},
        {"exists(overdue)", "column 8", "does not know"},
        {"overdue = late", "column 11", "yes or no"},
        {"overdue > no", "column 9", "has no order"},
        {"overdu", "column 1", "did you mean 'overdue'"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.query);
        const auto query = device::parse_query(row.query);
        REQUIRE(!query.ok());
        CHECK(query.error().kind == base::ErrorKind::invalid);
        CHECK(query.error().where == row.where);
        CHECK_MESSAGE(query.error().message.find(row.says) != std::string::npos, query.error().message);
    }
}

TEST_CASE("every field of the table is parsed, and its example asks for it") {
    for (const device::QueryField& field : device::query_fields()) {
        CAPTURE(field.name);
        const auto query = device::parse_query(field.example);
        REQUIRE_MESSAGE(query.ok(), (query.ok() ? "" : query.error().text()));
        CHECK(std::any_of(query->terms.begin(), query->terms.end(), [&](const device::Term& term) {
            return term.field == field.field && term.type == field.type &&
                   (field.field != device::Field::fact || device::find_query_field(term.name) == &field);
        }));
        CHECK_FALSE(field.what.empty());
        std::string name(field.name.substr(0, field.name.find('(')));
        if (name.ends_with('*')) name.back() = 'k';
        const std::string subject = field.field == device::Field::component ? name + "(x)" : name;
        CHECK(device::parse_query("exists(" + name + ")").ok() == field.exists);
        CHECK(device::parse_query(subject).ok() == field.flag);
        const std::string value = field.type == device::ValueType::version  ? "1"
                                  : field.type == device::ValueType::date   ? "2026"
                                  : field.type == device::ValueType::number ? "1"
                                                                            : "x";
        const auto ordered = device::parse_query(
            subject + " < " + (field.words.empty() ? value : std::string(field.words.front())));
        CHECK(ordered.ok() == device::has_order(field.type));
    }
}

TEST_CASE("the caret stands under the column, whatever the bytes before it") {
    const std::string text = "site = \"größe\" and modle = X";
    const auto query = device::parse_query(text);
    REQUIRE(!query.ok());
    CHECK(device::caret(text, query.error()) == text + "\n                   ^");
    const std::string lines = "site = X\nand modle = Y";
    CHECK(device::caret(lines, device::parse_query(lines).error()) == "and modle = Y\n    ^");
    CHECK(device::caret("", base::invalid("no column")).empty());
}

TEST_CASE("depth, length and the number of conditions are bounded") {
    std::string deep(device::kMaxQueryDepth + 1, '(');
    CHECK(device::parse_query(deep + "kev").error().message.find("levels deep") != std::string::npos);
    std::string nots;
    for (int i = 0; i < 2000; ++i)
        nots += "not ";
    CHECK(device::parse_query(nots + "kev").error().message.find("levels deep") != std::string::npos);
    std::string many = "kev";
    for (std::size_t i = 0; i < device::kMaxQueryTerms; ++i)
        many += " or kev";
    CHECK(device::parse_query(many).error().message.find("conditions") != std::string::npos);
    CHECK(device::parse_query(std::string(device::kMaxQueryLength + 1, ' ')).error().kind ==
          base::ErrorKind::invalid);
}

TEST_CASE("address ranges hold exactly what they say") {
    const auto in = [](const char* range, const char* address) {
        const auto r = device::parse_address_range(range), a = device::parse_address_range(address);
        REQUIRE(r.ok());
        REQUIRE(a.ok());
        return device::contains(*r, *a);
    };
    CHECK(in("0.0.0.0/0", "255.1.2.3"));
    CHECK(in("10.1.2.128/25", "10.1.2.200"));
    CHECK_FALSE(in("10.1.2.128/25", "10.1.2.127"));
    CHECK(in("2001:db8::/32", "2001:db8:1::7"));
    CHECK(in("::1", "0:0:0:0:0:0:0:1"));
    CHECK_FALSE(in("::/0", "1.2.3.4"));
    CHECK_FALSE(in("10.0.0.0/8", "10.0.0.0/7"));
    for (const char* bad :
         {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4/", "1.2.3.4/x", ":",
          ":::", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "1:2:3:4:5:6:7:", "::/129", "1:2"}) {
        CAPTURE(bad);
        CHECK(!device::parse_address_range(bad).ok());
    }
}

TEST_CASE(
    "a value put into a query means exactly itself, and two queries hold together whatever is in them") {
    for (const char* value : {"Plant 3", "a\"b", "a\\b", "*", "10.*", "\\*", ") or (kev"}) {
        CAPTURE(value);
        Camera camera;
        camera.facts["site"] = value;
        const auto query = device::parse_query("site = " + device::as_literal(value));
        REQUIRE(query.ok());
        CHECK(device::evaluate(*query, camera) == Truth::yes);
        camera.facts["site"] = std::string(value) + "x";
        CHECK(device::evaluate(*query, camera) == Truth::no);
    }
    CHECK(device::both("", "") == "");
    CHECK(device::both("kev", "") == "kev");
    CHECK(device::both("", "kev") == "kev");
    // Without brackets on both sides "or" would let devices of elsewhere in.
    const Camera camera;
    const auto query =
        device::parse_query(device::both("site = Elsewhere", "model = \"AC-100\" or model = \"AC-200\""));
    REQUIRE(query.ok());
    CHECK(device::evaluate(*query, camera) == Truth::no);
}
