// SPDX-License-Identifier: Apache-2.0
// Metadata that is carried in a folder, and what stands in for its freshness.
#include "simulator.hpp"

#include <doctest/doctest.h>
#include <trust/limits.hpp>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Cause;
using Versions = TestClient::Versions;

namespace {

constexpr const char* kPath = "gateway/1.5.0/gateway.tar";

struct Folder {
    Simulator repo;
    TestClient client{repo};
    base::Bytes order;

    Folder() {
        repo.with_hashes = true;
        repo.add_target("targets", kPath, "an image");
        // As the online roles are: a day and a week. What people sign lives for months.
        repo.snapshot.header.expires = kStart + 7 * kDay;
        repo.timestamp.header.expires = kStart + kDay;
        repo.targets["targets"].header.expires = kStart + 90 * kDay;
        repo.root.header.expires = kStart + 365 * kDay;
        repo.bump_root();
        repo.update_snapshot();
        order = make();
    }
    trust::Order draft(base::TimePoint made = kStart, base::Duration life = 14 * kDay) {
        return trust::draft_order("d1", repo.timestamp.header.version, repo.files.at("timestamp.json"),
                                  base::sha256(std::string_view("an image")),
                                  R"({"deployment":"x","attempt":1})", made, life);
    }
    base::Bytes make() { return repo.sign(draft(), repo.signers.at("timestamp")); }
    bool found(base::TimePoint now) {
        trust::Client machine(client.folder, now, client.reader, order);
        const trust::Step step = client.drive(machine, machine.look_up(kPath), repo);
        return std::holds_alternative<trust::Found>(step.next);
    }
};

} // namespace

TEST_CASE(
    "what a folder holds is good until its order ends, though its timestamp and snapshot ended before") {
    Folder folder;
    CHECK(folder.found(kStart + 13 * kDay));
    CHECK(folder.client.version("timestamp") == folder.repo.timestamp.header.version);
    Folder late;
    CHECK_FALSE(late.found(kStart + 14 * kDay));
    CHECK(late.client.failed_with(Cause::expired));
    CHECK(late.client.failure->error.text().starts_with("order: version"));
}

TEST_CASE("without an order the same files are refused as they would be from the network") {
    Folder folder;
    CHECK_FALSE(folder.client.look_up(folder.repo, kPath, kStart + 2 * kDay));
    CHECK(folder.client.failed_with(Cause::expired));
}

TEST_CASE("an order does not prolong what people sign") {
    Folder folder;
    folder.repo.targets["targets"].header.expires = kStart + 3 * kDay;
    folder.repo.update_snapshot();
    folder.order = folder.make();
    CHECK(folder.found(kStart + 2 * kDay));
    folder.client = TestClient(folder.repo);
    CHECK_FALSE(folder.found(kStart + 4 * kDay));
    CHECK(folder.client.failed_with(Cause::expired));
}

TEST_CASE("an order counts when those signed it who sign timestamps, and nobody else") {
    for (const char* role : {"snapshot", "targets", "root"}) {
        Folder folder;
        folder.order = folder.repo.sign(folder.draft(), folder.repo.signers.at(role));
        CHECK_FALSE(folder.found(kStart));
        CHECK(folder.client.failed_with(Cause::untrusted));
        CHECK(folder.client.version("timestamp") == 0);
    }
    Folder unsigned_one;
    unsigned_one.order = unsigned_one.repo.sign(unsigned_one.draft(), {});
    CHECK_FALSE(unsigned_one.found(kStart));
    Folder stolen; // the key that signed it was taken away
    stolen.repo.rotate(trust::Role::timestamp);
    stolen.repo.bump_root();
    stolen.repo.update_timestamp();
    CHECK_FALSE(stolen.found(kStart));
    CHECK(stolen.client.failed_with(Cause::untrusted));
}

TEST_CASE("an order is for one timestamp: with another beside it the folder is refused") {
    Folder folder;
    folder.repo.update_timestamp();
    CHECK_FALSE(folder.found(kStart));
    CHECK(folder.client.failed_with(Cause::untrusted));
    Folder nameless;
    trust::Order order = nameless.draft();
    order.timestamp.hashes = {};
    nameless.order = nameless.repo.sign(order, nameless.repo.signers.at("timestamp"));
    CHECK_FALSE(nameless.found(kStart));
}

TEST_CASE("a folder that is older than what the device saw is refused, whatever its order says") {
    Folder folder;
    REQUIRE(folder.found(kStart));
    const auto old_files = folder.repo.files;
    folder.repo.update_snapshot();
    folder.repo.snapshot.header.expires = folder.repo.timestamp.header.expires = kStart + 30 * kDay;
    folder.repo.update_timestamp();
    REQUIRE(folder.client.refresh(folder.repo));
    folder.repo.files = old_files;
    CHECK_FALSE(folder.found(kStart + kDay));
    CHECK(folder.client.failed_with(Cause::rollback));
}

TEST_CASE("a folder with all roots brings a device forward that is years behind") {
    Folder folder;
    const base::Bytes first = folder.repo.files.at("1.root.json");
    for (int year = 0; year < 3; ++year) {
        folder.repo.rotate(trust::Role::timestamp);
        const auto before = folder.repo.signers.at("root");
        folder.repo.bump_root();
    }
    folder.repo.update_timestamp();
    folder.order = folder.make();
    folder.client.folder = {{"root.json", first}};
    CHECK(folder.found(kStart + 2 * kDay));
}

TEST_CASE("a timestamp is no order, an order no timestamp") {
    Folder folder;
    folder.order = folder.repo.files.at("timestamp.json");
    CHECK_FALSE(folder.found(kStart));
    CHECK(folder.client.failed_with(Cause::malformed));
    Folder other;
    other.repo.files["timestamp.json"] = other.order;
    CHECK_FALSE(other.client.refresh(other.repo));
    CHECK(other.client.failed_with(Cause::malformed));
}

TEST_CASE("an order comes back as it was written, and no folder is good for longer than thirty days") {
    Folder folder;
    const trust::Order draft = folder.draft(kStart, 400 * kDay);
    CHECK(draft.header.expires == kStart + trust::kMostCarried);
    const auto read =
        folder.client.reader.order(folder.repo.sign(draft, folder.repo.signers.at("timestamp")));
    REQUIRE(read.ok());
    CHECK(encode(read->document) == encode(draft));
    CHECK(read->document.device == "d1");
    CHECK(read->document.answer == R"({"deployment":"x","attempt":1})");
    CHECK(read->document.artifact == draft.artifact);
    const std::string large(trust::limits::order_bytes + 1, ' ');
    CHECK(folder.client.reader.order(base::as_bytes(large)).error().kind == base::ErrorKind::too_large);
}
