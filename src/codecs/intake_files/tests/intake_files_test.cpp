// SPDX-License-Identifier: Apache-2.0
#include <intake_files/policy_json.hpp>
#include <intake_files/record_json.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::intake;
using namespace oakum::intake_files;

TEST_CASE("a policy is read as it was written, and nothing is kept of one that nobody changed") {
    CHECK(write_policy(Policy()).empty());
    CHECK(read_policy("").value() == Policy());
    const Policy changed = Policy().with({{Check::approval, true}, {Check::version, false}}).value();
    CHECK(write_policy(changed) == R"({"checks":{"version":false,"approval":true}})");
    CHECK(read_policy(write_policy(changed)).value() == changed);
    CHECK(read_policy(write_policy(Policy::strictest())).value() == Policy::strictest());
}

TEST_CASE("whose signatures count is read as it was written") {
    Signer acme;
    acme.name = "acme";
    acme.key = "RW...";
    acme.lines = {"gateway", "camera"};
    Signer builds;
    builds.name = "builds";
    builds.kind = SignatureKind::provenance;
    builds.key = "-----BEGIN PUBLIC KEY-----\n...";
    builds.builder = "https://acme.example/builder";
    builds.build_type = "b";
    builds.parameters = {{"ref", "v1"}, {"matrix", R"({"board": 2})"}};
    const Policy policy = Policy().with(acme).value().with(builds).value();
    const auto read = read_policy(write_policy(policy));
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
    CHECK(*read == policy);
    CHECK_FALSE(read_policy(R"({"checks":{},"signers":{"a":{"kind":"gpg","key":"k"}}})").ok());
    CHECK_FALSE(read_policy(R"({"checks":{},"signers":{"a b":{"kind":"minisign","key":"k"}}})").ok());
    CHECK_FALSE(
        read_policy(R"({"checks":{},"signers":{"a":{"kind":"minisign","key":"k","trust":"all"}}})").ok());
}

TEST_CASE("attachments are read as they were written") {
    CHECK(read_attachments("").value().empty());
    CHECK(write_attachments({}).empty());
    const std::vector<Attachment> some{
        {"x.minisig", "user anna", base::parse_time("2026-11-21T10:00:00Z").value(), "untrusted \"c\"\n\t"},
        {"y.json", "user bert", {}, "{}"}};
    CHECK(read_attachments(write_attachments(some)).value() == some);
    CHECK_FALSE(read_attachments("{}").ok());
}

TEST_CASE("a policy that names no check of ours, or switches off what is always asked, is not read") {
    for (const char* text : {"{", "{}", R"({"checks":{"virus":true}})", R"({"checks":{"type":1}})",
                             R"({"checks":{"artifact":false}})"})
        CHECK_FALSE_MESSAGE(read_policy(text).ok(), text);
}

TEST_CASE("a record is read as it was written, empty and full") {
    Record full;
    full.makers = {"user anna", "token ci of bert"};
    const base::TimePoint at = base::parse_time("2026-11-21T10:00:00Z").value();
    full.decision = Decision{true, "user carol", "tried in the \"lab\"\n", at, base::sha256("content")};
    full.overrides = {
        {Check::exploited, "user dora", "no way in", at, base::sha256("content"), {"CVE-2026-1"}}};
    full.published = at;
    full.lines = {{Check::type, Verdict::passed, "It is a tar archive."},
                  {Check::exploited, Verdict::overridden, "It brings 1."}};
    full.grounds = Grounds{base::sha256("policy"), {{"built.dsse", base::sha256("statement")}}};
    for (const Record& record : {Record(), full}) {
        const auto read = read_record(write_record(record));
        REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
        CHECK(*read == record);
    }
    CHECK(read_record("").value() == Record());
}

TEST_CASE("a record that was cut, or says what nobody writes, is not read") {
    const std::string whole = write_record({});
    for (std::size_t size = 1; size < whole.size(); ++size)
        CHECK_FALSE_MESSAGE(read_record(whole.substr(0, size)).ok(), whole.substr(0, size));
    CHECK_FALSE(read_record(R"({"makers":[],"overrides":[{"check":"virus"}],"lines":[]})").ok());
}
