// SPDX-License-Identifier: Apache-2.0
#include "server_folder.hpp"
#include "steps.hpp"

#include <backup/restore.hpp>
#include <tar/header.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace oakum;
using namespace oakum::backup::test;

TEST_CASE("a backup makes a server again on an empty machine, and holds no offline key") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "data", empty = folder.path() / "empty";
    make_server(data, "first");
    const fs::path file = back_up(data, folder.path() / "b.oakum");
    struct stat status{};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(get(file).find("root key") == std::string::npos);
    CHECK_FALSE(fs::exists(folder.path() / ".b.oakum.part"));

    put(empty / "keys/offline/root.pem", "ours root key"); // brought along by a person
    const auto restored = must(backup::restore(file, empty, sound));
    CHECK(restored.about.devices == 7);
    CHECK(restored.about.made == about().made);
    CHECK(restored.replaced.empty());
    Tree expected = tree_of(data);
    for (const char* gone : {"oakum.db-wal", "uploads/u.part", "lock"})
        expected.erase(gone);
    expected["restored"] = expected["restored-log"] = "";
    CHECK(tree_of(empty) == expected);
    REQUIRE(::stat((empty / "keys/online/ca.key").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(backup::is_to_be_overtaken(empty));
    must(backup::was_overtaken(empty));
    CHECK_FALSE(backup::is_to_be_overtaken(empty));
    CHECK(backup::is_log_to_begin_anew(empty));
    must(backup::log_began_anew(empty));
    CHECK_FALSE(backup::is_log_to_begin_anew(empty));
}

TEST_CASE("a backup without files leaves artifacts and feeds where they are") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "data";
    make_server(data, "first");
    auto words = about();
    words.with_files = false;
    const fs::path file = back_up(data, folder.path() / "b", words);
    CHECK(get(file).find("artifacts/") == std::string::npos);
    make_server(data, "second");
    must(backup::restore(file, data, sound));
    const Tree tree = without(tree_of(data), "replaced-1/");
    CHECK(tree.at("oakum.db") == "store of first");
    CHECK(tree.at("feeds/kept/kev") == "feed of second");
    CHECK(tree.at("advisories.oadb") == "compiled of second");
    CHECK(tree.contains(artifact_name("of second")));
}

TEST_CASE("advisories that were compiled from other feeds than the backup's do not stay") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "data", before = folder.path() / "before";
    make_server(before, "first");
    fs::remove(before / "advisories.oadb"); // feeds were kept, and nothing compiled yet
    make_server(data, "second");
    must(backup::restore(back_up(before, folder.path() / "b"), data, sound));
    CHECK_FALSE(fs::exists(data / "advisories.oadb"));
    CHECK(get(data / "replaced-1/advisories.oadb") == "compiled of second");
}

TEST_CASE("what was there before is kept aside, and its offline keys stay unless they are another server's") {
    for (const std::string& server : {std::string("ours"), std::string("a foreign one")}) {
        CAPTURE(server);
        const TemporaryFolder folder;
        const fs::path data = folder.path() / "data", before = folder.path() / "before";
        make_server(before, "first");
        const fs::path file = back_up(before, folder.path() / "b");
        make_server(data, "second", server);
        const auto restored = must(backup::restore(file, data, sound));
        CHECK(restored.replaced == data / "replaced-1");
        const Tree tree = tree_of(data);
        CHECK(tree.at("oakum.db") == "store of first");
        CHECK_FALSE(tree.contains("oakum.db-wal"));
        CHECK(tree.at("keys/online/ca.key") == "ours ca key");
        CHECK(tree.at("replaced-1/oakum.db") == "store of second");
        CHECK(tree.at("replaced-1/oakum.db-wal") == "log of second");
        CHECK(tree.at("replaced-1/keys/online/ca.key") == server + " ca key");
        CHECK(tree.at("replaced-1/feeds/kept/kev") == "feed of second");
        CHECK(tree.contains("keys/offline/root.pem") == (server == "ours"));
        CHECK(tree.contains("replaced-1/keys/offline/root.pem") == (server != "ours"));
        // Once more: what was replaced first is not lost.
        CHECK(must(backup::restore(file, data, sound)).replaced == data / "replaced-2");
        CHECK(tree_of(data).at("replaced-1/oakum.db") == "store of second");
    }
}

TEST_CASE(
    "a restore that is cut off before any of its steps is as it was, or is finished by the next start") {
    std::size_t old_lives = 0, new_lives = 0;
    bool reached_the_end = false;
    for (std::size_t cut_at = 0; !reached_the_end; ++cut_at) {
        REQUIRE(cut_at < 200);
        const TemporaryFolder folder;
        const fs::path data = folder.path() / "data", before = folder.path() / "before";
        make_server(before, "first");
        const fs::path file = back_up(before, folder.path() / "b");
        make_server(data, "second", "a foreign one");
        const Tree as_it_was = tree_of(data);
        std::size_t steps = 0;
        bool decided = false;
        const auto cut = [&](std::string_view step) -> base::Status {
            CAPTURE(step);
            if (steps++ == cut_at) return base::unavailable("the power went");
            decided = decided || step == "deciding";
            return {};
        };
        reached_the_end = backup::restore(file, data, sound, cut).ok();
        CAPTURE(cut_at);
        // The first start after it is cut off as well, at each of its steps in turn, until one is not.
        for (std::size_t again = 0;; ++again) {
            std::size_t more = 0;
            const auto status = backup::settle(data, [&](std::string_view) -> base::Status {
                return more++ == again ? base::unavailable("and again") : base::Status();
            });
            if (status.ok()) break;
        }
        const Tree after = tree_of(data);
        CHECK_FALSE(fs::exists(data / "restoring"));
        if (!decided) {
            CHECK(after == as_it_was);
            ++old_lives;
            continue;
        }
        ++new_lives;
        Tree expected = tree_of(before);
        for (const char* gone : {"oakum.db-wal", "keys/offline/root.pem"})
            expected.erase(gone);
        expected[artifact_name("of second")] = "of second"; // one more artifact does no harm
        expected["restored"] = expected["restored-log"] = "";
        CHECK(without(after, "replaced-1/") == expected);
        CHECK(after.at("replaced-1/oakum.db") == "store of second");
        CHECK(after.at("replaced-1/oakum.db-wal") == "log of second");
        CHECK(after.at("replaced-1/advisories.oadb") == "compiled of second");
        CHECK(after.at("replaced-1/keys/offline/root.pem") == "a foreign one root key");
        CHECK(backup::is_to_be_overtaken(data));
    }
    CHECK(old_lives >= 3);
    CHECK(new_lives >= 12);
}

TEST_CASE("what was half unpacked when the power went is removed by the next start") {
    const TemporaryFolder folder;
    make_server(folder.path(), "first");
    const Tree before = tree_of(folder.path());
    put(folder.path() / "restoring/new/oakum.db", "store of nobo");
    must(backup::settle(folder.path()));
    CHECK(tree_of(folder.path()) == before);
    must(backup::settle(folder.path())); // nothing to do
}

TEST_CASE("a damaged, shortened, lengthened, foreign or missing backup changes nothing") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "data", other = folder.path() / "other",
                   bad = folder.path() / "bad";
    make_server(other, "first");
    const std::string good = get(back_up(other, folder.path() / "b"));
    make_server(data, "second");
    const Tree as_it_was = tree_of(data);
    const auto refusal = [&](const std::string& bytes) {
        put(bad, bytes);
        const auto restored = backup::restore(bad, data, sound);
        REQUIRE_FALSE(restored.ok());
        CHECK(tree_of(data) == as_it_was);
        return restored.error();
    };
    // Every part of every block in turn, at a stride that is prime to it.
    std::size_t unnoticed = 0;
    for (std::size_t at = 0; at < good.size(); at += 61) {
        std::string altered = good;
        altered[at] = static_cast<char>(altered[at] ^ 0x20);
        put(bad, altered);
        const auto restored = backup::restore(bad, folder.path() / "new", sound);
        // One byte behind the checksum of a header says nothing.
        if (restored.ok()) {
            ++unnoticed;
            CHECK(without(tree_of(folder.path() / "new"), "replaced") == [&] {
                Tree expected = without(tree_of(other), "keys/offline/");
                for (const char* gone : {"oakum.db-wal", "uploads/u.part", "lock"})
                    expected.erase(gone);
                expected["restored"] = expected["restored-log"] = "";
                return expected;
            }());
            fs::remove_all(folder.path() / "new");
        } else {
            CHECK_FALSE(fs::exists(folder.path() / "new/oakum.db"));
        }
    }
    CHECK(unnoticed < good.size() / 61 / 10);
    for (std::size_t length = 0; length < good.size(); length += 997) {
        CAPTURE(length);
        CHECK(refusal(good.substr(0, length)).kind == base::ErrorKind::corrupt);
    }
    CHECK(refusal(good + "x").message.find("something follows") != std::string::npos);
    CHECK(refusal(std::string("SQLite format 3\0", 16) + std::string(5000, 'x'))
              .message.find("no backup of Oakum") != std::string::npos);
    auto newer = good;
    newer.replace(newer.find(R"("oakum_backup":1)"), 16, R"("oakum_backup":2)");
    CHECK(refusal(newer).kind == base::ErrorKind::conflict);
    fs::remove(bad);
    const auto missing = backup::restore(bad, data, sound);
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().kind == base::ErrorKind::not_found);
    // Sound as an archive, but the store in it is not.
    put(other / "oakum.db", "rubbish");
    const auto unsound = backup::restore(back_up(other, folder.path() / "unsound"), data, sound);
    REQUIRE_FALSE(unsound.ok());
    CHECK(unsound.error().message == "the store is damaged");
    CHECK(tree_of(data) == as_it_was);
}

namespace {
std::string entry(const std::string& name, const std::string& content) {
    const auto block = must(tar::to_block({name, content.size(), {}}));
    return std::string(block.begin(), block.end()) + content +
           std::string(tar::filling(content.size()), '\0');
}
} // namespace

TEST_CASE("a backup that names a file outside its places, or one twice, is refused") {
    const TemporaryFolder folder;
    const std::string head = entry(
        "oakum-backup.json",
        R"({"oakum_backup":1,"program":"x","server":"y","made":"2026-11-25T00:00:00Z","devices":0,"with_files":true})");
    for (const std::string& name :
         {std::string("../outside"), std::string("/tmp/outside"), std::string("keys/offline/root.pem"),
          std::string("keys/online/../../outside"), std::string("keys/online/a/b"),
          std::string("keys/online/.hidden"), std::string("artifacts/ab/short"), std::string("restored"),
          std::string("keys/online/")}) {
        if (!tar::to_block({name, 1, {}}).ok()) continue;
        CAPTURE(name);
        put(folder.path() / "b", head + entry(name, "x"));
        const auto restored = backup::restore(folder.path() / "b", folder.path() / "data", sound);
        REQUIRE_FALSE(restored.ok());
        CHECK(restored.error().message.find("a file of no backup") != std::string::npos);
        CHECK_FALSE(fs::exists(folder.path() / "outside"));
    }
    put(folder.path() / "b", head + entry("oakum.db", "x") + entry("oakum.db", "x"));
    const auto twice = backup::restore(folder.path() / "b", folder.path() / "data", sound);
    REQUIRE_FALSE(twice.ok());
    CHECK(twice.error().message.find("twice") != std::string::npos);
}

TEST_CASE("a backup replaces no file, and one that fails leaves nothing") {
    const TemporaryFolder folder;
    const fs::path data = folder.path() / "data";
    make_server(data, "first");
    const fs::path file = back_up(data, folder.path() / "b");
    const auto again = backup::write(data, data / "oakum.db", about(), file);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().kind == base::ErrorKind::conflict);
    CHECK_FALSE(backup::write(data, data / "no copy", about(), folder.path() / "c").ok());
    CHECK_FALSE(fs::exists(folder.path() / "c"));
    CHECK_FALSE(fs::exists(folder.path() / ".c.part"));
}
