// SPDX-License-Identifier: Apache-2.0
#include "tar.hpp"

#include <firmware_image.hpp>

#include <doctest/doctest.h>

#include <map>

using namespace oakum;
using namespace oakum::agent;
using oakum::agent::test::Tar;

namespace {

struct Memory final : ImageSink {
    base::Status begin(const ImageEntry& entry) override {
        name = entry.path;
        files[name].clear();
        executable[name] = entry.executable;
        promised = entry.size;
        return {};
    }
    base::Status data(base::ByteView piece) override {
        files[name] += base::as_text(piece);
        return {};
    }
    base::Status end() override {
        CHECK(files[name].size() == promised);
        return {};
    }
    std::map<std::string, std::string> files;
    std::map<std::string, bool> executable;
    std::string name;
    std::uint64_t promised = 0;
};

base::Status read(const std::string& image, Memory& into, std::size_t piece = 1 << 20) {
    ImageReader reader(into);
    for (std::size_t at = 0; at < image.size(); at += piece)
        TRY(reader.feed(base::as_bytes(std::string_view(image).substr(at, piece))));
    return reader.finish();
}

bool reads(const std::string& image) {
    Memory files;
    return read(image, files).ok();
}

Tar::Header named(const std::string& name) {
    Tar::Header header;
    header.name = name;
    return header;
}

} // namespace

TEST_CASE("an image reads the same in pieces of any size") {
    const std::string image = Tar()
                                  .file("bin/firmware", "#!/bin/sh\n", true)
                                  .file("etc/empty", "")
                                  .file("etc/exact", std::string(1024, 'x'))
                                  .file("usr/big", std::string(5000, 'y'))
                                  .done(20);
    Memory whole;
    REQUIRE(read(image, whole).ok());
    CHECK(whole.files.size() == 4);
    CHECK(whole.files["usr/big"] == std::string(5000, 'y'));
    CHECK(whole.executable["bin/firmware"]);
    CHECK_FALSE(whole.executable["etc/empty"]);
    for (const std::size_t piece : {1U, 7U, 511U, 512U, 513U, 1536U, 4000U}) {
        Memory pieces;
        REQUIRE(read(image, pieces, piece).ok());
        CHECK(pieces.files == whole.files);
    }
}

TEST_CASE("an image that is cut anywhere is refused") {
    const std::string image = Tar().file("a", "1").file("b", std::string(600, '2')).done();
    REQUIRE(reads(image));
    for (std::size_t size = 0; size < image.size(); size += 64)
        CHECK_FALSE(reads(image.substr(0, size)));
    CHECK_FALSE(reads(Tar().done()));
    CHECK_FALSE(reads(Tar().file("a", "1").done(1)));
    CHECK_FALSE(reads(Tar().file("a", "1").done(30)));
}

TEST_CASE("names that could leave the folder or confuse are refused") {
    for (const char* name : {"/etc/passwd", "../x", "a/../../b", "a/..", "./a", "a//b", "a/", "", ".", "a b",
                             "a\\b", "C:x", "a\nb", "a/./b", "caf\xC3\xA9", "1/2/3/4/5/6/7/8/9/10/11/12/13"})
        CHECK_FALSE_MESSAGE(reads(Tar().add(named(name), "x").done()), name);
    CHECK_FALSE(reads(Tar().add(named(std::string("a\0b", 3)), "x").done()));
    Tar::Header prefixed = named("b");
    prefixed.prefix = "a";
    CHECK_FALSE(reads(Tar().add(prefixed, "x").done()));
    CHECK(reads(Tar().add(named(std::string(100, 'n')), "x").done()));
}

TEST_CASE("files that are there twice, out of order, or also a folder are refused") {
    CHECK_FALSE(reads(Tar().file("a", "1").file("a", "2").done()));
    CHECK_FALSE(reads(Tar().file("b", "1").file("a", "2").done()));
    CHECK_FALSE(reads(Tar().file("a", "1").file("a/b", "2").done()));
    CHECK_FALSE(reads(Tar().file("a", "1").file("a-b", "2").file("a/b", "3").done()));
    CHECK_FALSE(reads(Tar().file("a.b", "1").file("a/b", "2").file("a/b/c", "3").done()));
}

TEST_CASE("only regular files of two modes are let in") {
    for (const char type : {'1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', '\0', 'S'}) {
        Tar::Header header = named("a");
        header.type = type;
        CHECK_FALSE(reads(Tar().add(header, "").done()));
    }
    Tar::Header linked = named("a");
    linked.link = "b";
    CHECK_FALSE(reads(Tar().add(linked, "").done()));
    for (const char* mode : {"0004755", "0000777", "0000600", "0002644", "xxxxxxx"}) {
        Tar::Header header = named("a");
        header.mode = mode;
        CHECK_FALSE(reads(Tar().add(header, "").done()));
    }
    Tar::Header owned = named("a");
    owned.uid = "0001750";
    CHECK_FALSE(reads(Tar().add(owned, "").done()));
    owned = named("a");
    owned.owner = "root";
    CHECK_FALSE(reads(Tar().add(owned, "").done()));
}

TEST_CASE("sizes, checksums and padding are held to") {
    for (const char* size :
         {"77777777777", "17777777777", "10000000001", "-0000000001", "           ", "0000000000x"}) {
        Tar::Header header = named("a");
        header.size = size;
        CHECK_FALSE_MESSAGE(reads(Tar().add(header, "x").done()), size);
    }
    Tar::Header large = named("a");
    large.size = std::string("\x80\0\0\0\0\0\0\0\0\0\0\1", 12);
    CHECK_FALSE(reads(Tar().add(large, "x").done()));
    Tar::Header wrong = named("a");
    wrong.good_checksum = false;
    CHECK_FALSE(reads(Tar().add(wrong, "x").done()));
    wrong = named("a");
    wrong.magic = "ustar  ";
    CHECK_FALSE(reads(Tar().add(wrong, "x").done()));
    std::string padded = Tar().file("a", "x").done();
    padded[512 + 10] = 'y';
    CHECK_FALSE(reads(padded));
    CHECK_FALSE(reads(Tar().file("a", "x").done() + Tar().file("b", "y").done()));
}

TEST_CASE("a flipped bit in a header never passes unnoticed") {
    const std::string image = Tar().file("bin/firmware", "#!/bin/sh\n", true).file("etc/x", "y").done();
    for (std::size_t at = 0; at < 512; ++at) {
        // What ends the checksum's digits may be NUL or space.
        if (at == 154 || at == 155) continue;
        for (int bit = 0; bit < 8; ++bit) {
            std::string flipped = image;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            CHECK_FALSE(reads(flipped));
        }
    }
}
