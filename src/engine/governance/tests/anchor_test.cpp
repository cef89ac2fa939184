// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <governance/anchor.hpp>

using namespace oakum;
using governance::ChainCheck;

namespace {

// A log of so many records, of which some may be anchors.
struct Log {
    std::vector<ports::AuditRow> rows;
    std::optional<ports::AuditRow> newest;

    void add(int count) {
        for (int i = 0; i < count; ++i)
            append({"user anna", "device.hold", "device x", "", "", ""});
    }
    void append(shard::AuditEntry entry) {
        newest = shard::chain(newest, base::from_unix_ms(1'000 * (newest ? newest->number + 1 : 1)),
                              std::move(entry));
        rows.push_back(*newest);
    }
    void anchor(std::uint64_t through) {
        append(governance::entry_of(at(through), through, "kept for 365 days"));
    }
    const ports::AuditRow& at(std::uint64_t number) const { return rows.at(number - rows.front().number); }
    void remove_through(std::uint64_t number) {
        rows.erase(rows.begin(),
                   rows.begin() + static_cast<std::ptrdiff_t>(number - rows.front().number + 1));
    }
    base::Status check() const {
        ChainCheck check;
        for (const ports::AuditRow& row : rows)
            TRY(check.take(row));
        const auto wanted = check.wanted();
        return check.finish(wanted ? std::optional(at(*wanted)) : std::nullopt);
    }
};

} // namespace

TEST_CASE("a log verifies whole, with old records removed, and while they are being removed") {
    Log log;
    log.add(10);
    CHECK(log.check().ok());
    log.anchor(6);
    CHECK(log.check().ok());
    log.remove_through(2); // under way, or broken off
    CHECK(log.check().ok());
    log.remove_through(6);
    CHECK(log.check().ok());
    log.add(3);
    log.anchor(11); // goes with the anchor before it
    log.remove_through(11);
    CHECK(log.check().ok());
    ChainCheck check;
    for (const auto& row : log.rows)
        REQUIRE(check.take(row).ok());
    CHECK(check.missing() == 11);
    CHECK(check.anchor()->number == 15);
}

TEST_CASE("a beginning that nothing stands for, or more than an anchor says, is found") {
    Log log;
    log.add(10);
    Log bare = log;
    bare.remove_through(3);
    CHECK(bare.check().error().message.find("none stands for them") != std::string::npos);
    log.anchor(6);
    log.add(2);
    Log more = log;
    more.remove_through(7);
    CHECK(more.check().error().message.find("up to 6 only") != std::string::npos);
}

TEST_CASE("an anchor that names another hash, and records that were changed, are found") {
    Log log;
    log.add(10);
    ports::AuditRow other = log.at(6);
    other.why = "another";
    other.hash = shard::audit_hash(other);
    log.append(governance::entry_of(other, 6, ""));
    CHECK_FALSE(log.check().ok()); // while the record is there
    log.remove_through(6);
    CHECK(log.check().error().message.find("another record") != std::string::npos);

    Log changed;
    changed.add(10);
    changed.anchor(4);
    changed.remove_through(4);
    changed.rows[0].actor = "user ben"; // the first that is held has nothing before it
    CHECK_FALSE(changed.check().ok());
}

TEST_CASE("only the server's own record of that name is an anchor, and never for itself") {
    Log log;
    log.add(3);
    CHECK_FALSE(governance::anchor_of(log.at(2)));
    shard::AuditEntry entry = governance::entry_of(log.at(2), 2, "");
    entry.actor = "user anna";
    log.append(entry);
    CHECK_FALSE(governance::anchor_of(*log.newest));
    entry.actor = "oakumd";
    entry.after = R"({"through":9,"hash":"00"})";
    log.append(entry);
    CHECK_FALSE(governance::anchor_of(*log.newest));
    log.anchor(3);
    CHECK(governance::anchor_of(*log.newest) == governance::Anchor{3, log.at(3).hash});
}
