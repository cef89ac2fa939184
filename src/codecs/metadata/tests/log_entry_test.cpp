// SPDX-License-Identifier: Apache-2.0
#include "simulator.hpp"

#include <metadata/log_entry.hpp>
#include <metadata/reader.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::metadata;
using Kind = LogEntry::Kind;

namespace {

const base::TimePoint kAt = base::parse_time("2026-11-22T16:03:00Z").value();

trust::TargetFile file_of(const std::string& json) {
    const std::string list =
        R"({"signatures":[],"signed":{"_type":"targets","spec_version":"1.0.31","version":1,)"
        R"("expires":"2027-01-01T00:00:00Z","targets":{"a/1/x.img":)" +
        json + "}}}";
    auto read = JsonReader().targets(base::as_bytes(list));
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
    return read->document.files.at("a/1/x.img");
}

const std::string kHash = std::string(64, 'a');
const std::string kTerms = R"({"release":"a","version":"1","counter":5,"floor":0,"models":["M"],)"
                           R"("hw_revisions":[],"min_from":"","format":"raw")";

LogEntry read(const base::Result<std::string>& entry) {
    REQUIRE_MESSAGE(entry.ok(), (entry.ok() ? "" : entry.error().text()));
    auto read = read_log_entry(*entry);
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
    return *read;
}

} // namespace

TEST_CASE("an entry of a release is the same from any order and spacing of its fields, known here or not") {
    const std::string one = R"({"length":7,"hashes":{"sha256":")" + kHash + R"("},"custom":{"oakum":)" +
                            kTerms + R"(,"later":{"b":1,"a":[2]}},"z":true}})";
    const std::string other = R"({"custom": {"z": true, "oakum": {"later": {"a": [ 2 ], "b": 1}, )" +
                              kTerms.substr(1) + R"(}}, "hashes": {"sha256": ")" + kHash +
                              R"("}, "length": 7})";
    const auto entry = release_entry("a/1/x.img", file_of(one));
    REQUIRE(entry.ok());
    CHECK(*entry == release_entry("a/1/x.img", file_of(other)).value());
    CHECK(*entry ==
          R"({"kind":"release","path":"a/1/x.img","target":{"custom":{"oakum":{"counter":5,"floor":0,)"
          R"("format":"raw","hw_revisions":[],"later":{"a":[2],"b":1},"min_from":"","models":["M"],)"
          R"("release":"a","version":"1"},"z":true},"hashes":{"sha256":")" +
              kHash + R"("},"length":7}})");
    const LogEntry said = read(entry);
    CHECK(said.kind == Kind::release);
    CHECK(said.subject == "a/1/x.img");
    CHECK(said.digest->hex() == kHash);
    CHECK(said.sentence == "release a 1 for M: a/1/x.img, 7 bytes, SHA-256 " + kHash);
}

TEST_CASE("whatever a signed target says differently makes another entry") {
    const std::string plain =
        R"({"length":7,"hashes":{"sha256":")" + kHash + R"("},"custom":{"oakum":)" + kTerms + "}}}";
    const std::string first = release_entry("a/1/x.img", file_of(plain)).value();
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = plain;
        return release_entry("a/1/x.img", file_of(text.replace(text.find(from), from.size(), to))).value();
    };
    CHECK(release_entry("a/1/y.img", file_of(plain)).value() != first);
    CHECK(changed(R"("length":7)", R"("length":8)") != first);
    CHECK(changed(R"("aaaa)", R"("baaa)") != first);
    CHECK(changed(R"("floor":0)", R"("floor":1)") != first);
    CHECK(changed(R"("custom":{)", R"("custom":{"other":1,)") != first);
    CHECK(changed(R"({"length")", R"({"more":null,"length")") != first);
}

TEST_CASE("what nobody could read does not become an entry") {
    const auto with = [](const std::string& text) {
        return release_entry("a/1/x.img", file_of(R"({"length":7,"hashes":{"sha256":")" + kHash +
                                                  R"("},"more":")" + text + R"("})"));
    };
    CHECK(with("plain").ok());
    CHECK_FALSE(with("a\\nline").ok()); // stands raw in the canonical form
    CHECK(with(std::string(70'000, 'x')).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("entries say in words what happened") {
    const LogEntry gone = read(withdrawal_entry("a/1/x.img", kAt));
    CHECK(gone.kind == Kind::withdrawn);
    CHECK(gone.at == kAt);
    CHECK(gone.sentence == "withdrawn: a/1/x.img");

    trust::Root root;
    root.header.version = 3;
    root.signers(trust::Role::root) = {{trust::KeyId("k1"), trust::KeyId("k2")}, 2, {}};
    root.signers(trust::Role::log) = {{trust::KeyId("k3")}, 1, {}};
    const auto entry = root_entry(root, base::as_bytes("root"), kAt);
    CHECK(entry.value().find(R"("roles":{"log":{"keyids":["k3"],"threshold":1},"root":{"keyids":["k1","k2"],)"
                             R"("threshold":2}})") != std::string::npos);
    CHECK(read(entry).sentence == "root 3, SHA-256 " + base::sha256("root").hex());
    CHECK(read(entry).number == 3);

    trust::Targets list;
    list.header.version = 9;
    list.files["a/1/x.img"];
    CHECK(read(list_entry("targets", list, base::as_bytes("list"), kAt)).sentence ==
          "the list of releases, version 9, with 1, SHA-256 " + base::sha256("list").hex());
    CHECK(read(list_entry("vendor", list, base::as_bytes("list"), kAt))
              .sentence.starts_with("the list of vendor, "));

    const LogEntry audit = read(audit_entry(77, base::sha256("record"), kAt));
    CHECK(audit.number == 77);
    CHECK(*audit.digest == base::sha256("record"));

    CHECK(read(begin_entry("o/1", kAt, std::nullopt)).sentence == "the log o/1 begins");
    const LogEntry again = read(begin_entry("o/2", kAt, LogBefore{"o/1", 12, base::sha256("r")}));
    CHECK(again.sentence ==
          "the log o/2 begins, after a restore of o/1 as it was with 12 entries: later ones are lost");
}

TEST_CASE(
    "an entry of another program is told as such, and one that does not say what it has to is refused") {
    const auto other = read_log_entry(R"({"kind":"weather","sun":true})");
    REQUIRE(other.ok());
    CHECK(other->kind == Kind::other);
    CHECK(other->word == "weather");
    for (const char* wrong :
         {"", "{}", "[]", R"({"kind":1})", R"({"kind":"release"})", R"({"kind":"release","path":"a"})",
          R"({"kind":"root","version":1})", R"({"kind":"audit","number":-1,"sha256":""})",
          R"({"kind":"list","version":1,"sha256":"aa","role":"targets","releases":0})",
          R"({"kind":"withdrawn","at":"2026"})", R"({"kind":"withdrawn","path":"a","at":"now"})"}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_log_entry(wrong).ok());
    }
}
