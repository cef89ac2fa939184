// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <trust/stream.hpp>

using namespace oakum;

namespace {

trust::TargetFile file_of(std::string_view content) {
    trust::TargetFile file;
    file.length = content.size();
    file.hashes.sha256 = base::sha256(content);
    return file;
}

} // namespace

TEST_CASE("a download passes when length and hash are those that were signed") {
    auto stream = trust::TargetStream::expect(file_of("firmware")).value();
    CHECK(stream.update(base::as_bytes("firm")).ok());
    CHECK(stream.left() == 4);
    CHECK(stream.update({}).ok());
    CHECK(stream.update(base::as_bytes("ware")).ok());
    CHECK(stream.finish().ok());
}

TEST_CASE("one byte too many is refused before it is counted") {
    auto stream = trust::TargetStream::expect(file_of("firmware")).value();
    CHECK_FALSE(stream.update(base::as_bytes("firmware!")).ok());
    CHECK(stream.left() == 8);
    CHECK(stream.update(base::as_bytes("firmware")).ok());
    CHECK_FALSE(stream.update(base::as_bytes("!")).ok());
    CHECK(stream.finish().ok());
}

TEST_CASE("a short, a changed and an unhashed target are refused") {
    auto cut = trust::TargetStream::expect(file_of("firmware")).value();
    REQUIRE(cut.update(base::as_bytes("firm")).ok());
    CHECK(cut.finish().error().kind == base::ErrorKind::denied);
    auto changed = trust::TargetStream::expect(file_of("firmware")).value();
    REQUIRE(changed.update(base::as_bytes("firmwarE")).ok());
    CHECK(changed.finish().error().kind == base::ErrorKind::denied);
    trust::TargetFile bare = file_of("firmware");
    bare.hashes.sha256.reset();
    CHECK_FALSE(trust::TargetStream::expect(bare).ok());
    bare.hashes.others["blake3"] = "00";
    CHECK_FALSE(trust::TargetStream::expect(bare).ok());
}

TEST_CASE("a target is held to each hash that it was signed with") {
    const base::ByteView content = base::as_bytes("firmware"), other = base::as_bytes("firmwarE");
    struct Row {
        const char* name;
        base::ByteView sha256, sha512; // of what; null: not there
        bool passes;
    };
    for (const Row& row : {Row{"SHA-512 alone", {}, content, true}, Row{"both", content, content, true},
                           Row{"SHA-512 alone, another", {}, other, false},
                           Row{"both, SHA-512 another", content, other, false},
                           Row{"both, SHA-256 another", other, content, false}}) {
        CAPTURE(row.name);
        trust::TargetFile file;
        file.length = content.size();
        if (row.sha256.data() != nullptr) file.hashes.sha256 = base::sha256(row.sha256);
        if (row.sha512.data() != nullptr) file.hashes.sha512 = base::sha512(row.sha512);
        auto stream = trust::TargetStream::expect(file).value();
        REQUIRE(stream.update(content).ok());
        CHECK(stream.finish().ok() == row.passes);
    }
}
