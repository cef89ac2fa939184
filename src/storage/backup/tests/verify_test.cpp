// SPDX-License-Identifier: Apache-2.0
#include "server_folder.hpp"

#include <backup/verify.hpp>

using namespace oakum;
using namespace oakum::backup::test;

namespace {

base::Status looks_well(const fs::path& folder, const backup::About& about) {
    CHECK(about.devices == 7);
    CHECK(get(folder / "keys/online/ca.key") == "ours ca key");
    CHECK_FALSE(fs::exists(folder / "artifacts")); // read, not written
    CHECK_FALSE(fs::exists(folder / "feeds"));
    return sound(folder / "oakum.db");
}

} // namespace

TEST_CASE("a backup is read back whole, its store and keys are looked at, and nothing stays of that") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "data", scratch = folder.path() / "scratch";
    make_server(data, "first");
    const fs::path file = back_up(data, folder.path() / "b.oakum");
    put(scratch / "left", "by one that was interrupted");
    const auto found = must(backup::verify(file, scratch, looks_well));
    CHECK(found.artifacts == 3);
    CHECK(found.damaged_artifacts == 0);
    CHECK(found.about.made == about().made);
    CHECK(found.bytes > 5'000);
    CHECK_FALSE(fs::exists(scratch));
}

TEST_CASE("an artifact that was damaged before the backup is counted") {
    const TemporaryFolder folder;
    make_server(folder.path() / "data", "first");
    put(folder.path() / "data" / artifact_name("same"), "rots");
    const fs::path file = back_up(folder.path() / "data", folder.path() / "b");
    const auto found = must(backup::verify(file, folder.path() / "scratch", looks_well));
    CHECK(found.artifacts == 3);
    CHECK(found.damaged_artifacts == 1);
}

TEST_CASE("a backup that cannot be restored is not verified, and its unpacked keys do not stay") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "data", scratch = folder.path() / "scratch",
                   bad = folder.path() / "bad";
    make_server(data, "first");
    const std::string good = get(back_up(data, folder.path() / "b"));
    const auto refusal = [&](const std::string& bytes) {
        put(bad, bytes);
        const auto found = backup::verify(bad, scratch, looks_well);
        CHECK_FALSE(fs::exists(scratch));
        return found.ok() ? base::bug("it was taken for sound") : found.error();
    };
    // Also of what is read without being written.
    std::string altered = good;
    altered[altered.find("compiled of first")] = 'x';
    CHECK(refusal(altered).message.find("does not have the checksums") != std::string::npos);
    CHECK(refusal(good.substr(0, good.size() / 2)).kind == base::ErrorKind::corrupt);
    CHECK(refusal("").kind == base::ErrorKind::corrupt);
    put(data / "oakum.db", "rubbish");
    const auto unsound = backup::verify(back_up(data, folder.path() / "c"), scratch, looks_well);
    REQUIRE_FALSE(unsound.ok());
    CHECK(unsound.error().message == "the store is damaged");
    CHECK_FALSE(fs::exists(scratch));
    CHECK(backup::verify(folder.path() / "none", scratch, looks_well).error().kind ==
          base::ErrorKind::not_found);
}
