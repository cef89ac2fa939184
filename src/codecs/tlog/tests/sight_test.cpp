// SPDX-License-Identifier: Apache-2.0
#include "signer.hpp"

#include <tlog/sight.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::tlog;
using oakum::tlog::testing::Signer;

namespace {

const std::string kLog = "oakum/log/3f2a9c41";

// Signers' keys come from their names, and a note's key has the log's.
struct Named : Signer {
    explicit Named(const std::string& who) : Signer(who) { key.name = kLog; }
};
std::string checkpoint(const std::string& origin, const std::vector<std::string>& by) {
    Note note;
    for (const std::string& each : by) {
        Note one = Named(each).sign(encode(Checkpoint{origin, 5, base::sha256("five"), {}}).value());
        note.text = one.text;
        note.signatures.push_back(one.signatures.front());
    }
    return encode(note);
}
base::Result<transparency::Sight> open(const std::string& note, const std::vector<std::string>& known,
                                       unsigned threshold) {
    std::vector<base::Bytes> keys;
    for (const std::string& each : known)
        keys.push_back(Named(each).key.public_key);
    return open_sight(note, keys, threshold);
}

} // namespace

TEST_CASE("a checkpoint says which log it is of, and since when that is kept") {
    const std::string key = "key";
    const auto sight = open(checkpoint(origin_of(kLog, 1764201234), {key}), {key}, 1);
    REQUIRE_MESSAGE(sight.ok(), (sight.ok() ? "" : sight.error().text()));
    CHECK(*sight == transparency::Sight{kLog, 1764201234, 5, base::sha256("five")});
    for (const char* origin :
         {"1764201234", "/1764201234", "oakum/log/3f2a9c41/", "oakum/log/3f2a9c41/0", "oakum/log/3f2a9c41/01",
          "oakum/log/3f2a9c41/-1", "oakum/log/3f2a9c41/99999999999999999999", "oakum/log/3f2a9c41/now"}) {
        CAPTURE(origin);
        CHECK(open(checkpoint(origin, {key}), {key}, 1).error().kind == base::ErrorKind::invalid);
    }
    // The key has another name than the log.
    CHECK(open(checkpoint("another/1764201234", {key}), {key}, 1).error().kind == base::ErrorKind::denied);
}

TEST_CASE("as many different keys sign it as have to") {
    const std::string one = "one", two = "two", thief = "thief";
    const std::string origin = origin_of(kLog, 1);
    const auto kind = [](const auto& result) {
        REQUIRE_FALSE(result.ok());
        return result.error().kind;
    };
    CHECK(open(checkpoint(origin, {one, two}), {one, two}, 2).ok());
    CHECK(open(checkpoint(origin, {one, thief}), {one, two}, 1).ok());
    CHECK(kind(open(checkpoint(origin, {one, thief}), {one, two}, 2)) == base::ErrorKind::denied);
    CHECK(kind(open(checkpoint(origin, {one, one}), {one, two}, 2)) == base::ErrorKind::denied);
    CHECK(kind(open(checkpoint(origin, {one}), {one, one}, 2)) == base::ErrorKind::denied);
    CHECK(kind(open(checkpoint(origin, {thief}), {one, two}, 1)) == base::ErrorKind::denied);
    CHECK(kind(open(checkpoint(origin, {one}), {}, 0)) == base::ErrorKind::denied);
    CHECK_FALSE(open("", {one}, 1).ok());
    CHECK(read_sight(checkpoint(origin, {thief}))->size == 5); // as it is, for who kept it
    CHECK_FALSE(read_sight("").ok());
}
