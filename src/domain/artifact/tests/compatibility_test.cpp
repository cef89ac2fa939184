// SPDX-License-Identifier: Apache-2.0
#include <artifact/compatibility.hpp>
#include <doctest/doctest.h>

#include <functional>

using namespace oakum::artifact;

namespace {

Terms terms() {
    return {.release = "gateway",
            .version = "1.5.0",
            .counter = 15,
            .floor = 10,
            .models = {"acme-gw2", "acme-gw3"},
            .hw_revisions = {"A", "B"},
            .min_from = "1.4.0",
            .format = "raw"};
}

Receiver receiver() {
    return {.model = "acme-gw2",
            .hw_revision = "B",
            .running_version = "1.4.2",
            .running_counter = std::nullopt,
            .floor = {12},
            .formats = {"raw", "tar"}};
}

} // namespace

TEST_CASE("each rule of compatibility refuses with its own reason") {
    struct Row {
        const char* sentence;
        std::function<void(Terms&, Receiver&)> change;
        Intent intent;
        Refusal expected;
    };
    const Row rows[] = {
        {"everything fits", [](Terms&, Receiver&) {}, Intent::update, Refusal::none},
        {"the other listed model", [](Terms&, Receiver& d) { d.model = "acme-gw3"; }, Intent::update,
         Refusal::none},
        {"a model that is not listed", [](Terms&, Receiver& d) { d.model = "acme-gw1"; }, Intent::update,
         Refusal::wrong_model},
        {"models are compared exactly", [](Terms&, Receiver& d) { d.model = "ACME-GW2"; }, Intent::update,
         Refusal::wrong_model},
        {"no model known", [](Terms&, Receiver& d) { d.model = ""; }, Intent::update, Refusal::wrong_model},
        {"another revision", [](Terms&, Receiver& d) { d.hw_revision = "C"; }, Intent::update,
         Refusal::wrong_revision},
        {"an unknown revision", [](Terms&, Receiver& d) { d.hw_revision = ""; }, Intent::update,
         Refusal::wrong_revision},
        {"no revision asked for",
         [](Terms& t, Receiver& d) {
             t.hw_revisions.clear();
             d.hw_revision = "";
         },
         Intent::update, Refusal::none},
        {"a format it cannot read", [](Terms& t, Receiver&) { t.format = "ext4"; }, Intent::update,
         Refusal::unknown_format},
        {"below the floor", [](Terms&, Receiver& d) { d.floor = {16}; }, Intent::update,
         Refusal::below_floor},
        {"below the floor, ordered back", [](Terms&, Receiver& d) { d.floor = {16}; }, Intent::rollback,
         Refusal::below_floor},
        {"at the floor", [](Terms&, Receiver& d) { d.floor = {15}; }, Intent::update, Refusal::none},
        {"older by version", [](Terms&, Receiver& d) { d.running_version = "1.10.0"; }, Intent::update,
         Refusal::downgrade},
        {"older by version, ordered back", [](Terms&, Receiver& d) { d.running_version = "1.10.0"; },
         Intent::rollback, Refusal::none},
        {"the counter counts, not the version",
         [](Terms&, Receiver& d) {
             d.running_version = "2023-factory";
             d.running_counter = 16;
         },
         Intent::update, Refusal::downgrade},
        {"the same again",
         [](Terms&, Receiver& d) {
             d.running_version = "1.5.0";
             d.running_counter = 15;
         },
         Intent::update, Refusal::none},
        {"too old to start from", [](Terms&, Receiver& d) { d.running_version = "1.3.9"; }, Intent::update,
         Refusal::too_old_to_start},
        {"exactly the minimum", [](Terms&, Receiver& d) { d.running_version = "1.4.0"; }, Intent::update,
         Refusal::none},
        {"a start that cannot be read", [](Terms&, Receiver& d) { d.running_version = "latest"; },
         Intent::update, Refusal::too_old_to_start},
        {"a start that is not known", [](Terms&, Receiver& d) { d.running_version = ""; }, Intent::update,
         Refusal::too_old_to_start},
        {"no minimum, start not known",
         [](Terms& t, Receiver& d) {
             t.min_from = "";
             d.running_version = "";
         },
         Intent::update, Refusal::none},
        {"terms without a model", [](Terms& t, Receiver&) { t.models.clear(); }, Intent::update,
         Refusal::malformed},
        {"counter nought",
         [](Terms& t, Receiver& d) {
             t.counter = t.floor = 0;
             d.floor = {0};
         },
         Intent::update, Refusal::malformed},
    };
    for (const Row& row : rows) {
        Terms t = terms();
        Receiver d = receiver();
        row.change(t, d);
        const Verdict verdict = may_install(t, d, row.intent);
        INFO(row.sentence << ": " << to_string(verdict.refusal) << " " << verdict.reason);
        CHECK(verdict.refusal == row.expected);
        CHECK(verdict.allowed() == (row.expected == Refusal::none));
        CHECK(verdict.reason.empty() == verdict.allowed());
    }
}

TEST_CASE("a floor only rises") {
    CHECK(raise({12}, terms()).counter == 12);
    CHECK(raise({3}, terms()).counter == 10);
}
