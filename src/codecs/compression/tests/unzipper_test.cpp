// SPDX-License-Identifier: Apache-2.0
#include <compression/decompressor.hpp>

#include <doctest/doctest.h>

#include <zlib.h>

#include <string>

using namespace oakum;
using base::Bytes;
using compression::Decompressor;

namespace {

void put(std::string& to, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
        to += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::string deflated(const std::string& text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

struct File {
    std::string name, text;
    enum class Form { stored, deflated, streamed, wide } form = Form::deflated;
};

// As APPNOTE.TXT describes it; `streamed` tells sizes behind the file, `wide` in 64 bits.
std::string zip(const std::vector<File>& files) {
    std::string out, directory;
    for (const File& file : files) {
        const bool packed = file.form != File::Form::stored;
        const std::string body = packed ? deflated(file.text) : file.text;
        const bool streamed = file.form == File::Form::streamed, wide = file.form == File::Form::wide;
        const auto sum =
            crc32(0, reinterpret_cast<const Bytef*>(file.text.data()), static_cast<uInt>(file.text.size()));
        put(out, 0x04034B50, 4);
        put(out, 20, 2);
        put(out, streamed ? 8 : 0, 2);
        put(out, packed ? 8 : 0, 2);
        put(out, 0, 4);
        put(out, streamed ? 0 : sum, 4);
        put(out, wide ? 0xFFFFFFFF : streamed ? 0 : body.size(), 4);
        put(out, wide ? 0xFFFFFFFF : streamed ? 0 : file.text.size(), 4);
        put(out, file.name.size(), 2);
        put(out, wide ? 20 : 0, 2);
        out += file.name;
        if (wide) {
            put(out, 1, 2);
            put(out, 16, 2);
            put(out, file.text.size(), 8);
            put(out, body.size(), 8);
        }
        out += body;
        if (streamed) {
            put(out, 0x08074B50, 4);
            put(out, sum, 4);
            put(out, body.size(), 4);
            put(out, file.text.size(), 4);
        }
        put(directory, 0x02014B50, 4);
        directory += std::string(24, '\0');
        put(directory, file.name.size(), 2);
        directory += std::string(16, '\0') + file.name;
    }
    const std::size_t at = out.size();
    out += directory;
    put(out, 0x06054B50, 4);
    put(out, 0, 4);
    put(out, files.size(), 2);
    put(out, files.size(), 2);
    put(out, directory.size(), 4);
    put(out, at, 4);
    put(out, 2, 2);
    return out + "ok"; // a comment
}

base::Result<std::string> unpacked(const std::string& bytes, std::size_t piece = 7) {
    Decompressor unpack;
    std::string out;
    const auto sink = [&](base::ByteView view) -> base::Status {
        out += base::as_text(view);
        return {};
    };
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        TRY(unpack.feed(base::as_bytes(std::string_view(bytes).substr(at, piece)), sink));
    TRY(unpack.finish(sink));
    return out;
}

using Form = File::Form;

} // namespace

TEST_CASE("the files of a zip archive come one after the other, whatever the size of the pieces") {
    const std::string text(100'000, 'x');
    const std::string archive = zip({{"all/", "", Form::stored},
                                     {"all/a.json", "{\"a\":1}", Form::stored},
                                     {"../../etc/passwd", text, Form::deflated},
                                     {"b.json", "{\"b\":2}", Form::streamed},
                                     {"c.json", "{\"c\":3}", Form::wide},
                                     {"empty.json", "", Form::deflated},
                                     {"d", "d", Form::stored}});
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, archive.size()}) {
        const auto out = unpacked(archive, piece);
        REQUIRE(out.ok());
        CHECK(*out == "{\"a\":1}\n" + text + "\n{\"b\":2}\n{\"c\":3}\nd\n");
    }
}

TEST_CASE("an archive may stand in another and behind another") {
    const std::string inner = zip({{"a", "1"}, {"b", "2", Form::stored}});
    CHECK(unpacked(zip({{"cves.zip", inner, Form::stored}, {"c", "3"}})).value() == "1\n2\n\n3\n");
    CHECK(unpacked(inner + zip({{"c", "3"}})).value() == "1\n2\n3\n");
    const auto deep = unpacked(zip({{"x", zip({{"y", inner}})}}));
    REQUIRE_FALSE(deep.ok());
    CHECK(deep.error().message == "the zip archive is nested too deep");
}

TEST_CASE("a zip archive that is cut off or changed is never taken for a whole one") {
    const std::string archive =
        zip({{"a.json", "{\"a\":1}", Form::stored}, {"b.json", std::string(3000, 'b')}});
    for (std::size_t size = 5; size < archive.size(); ++size)
        CHECK_FALSE(unpacked(archive.substr(0, size)).ok());
    std::string changed = archive;
    changed[38] ^= 1; // within a.json
    CHECK(unpacked(changed).error().kind == base::ErrorKind::corrupt);
    CHECK_FALSE(unpacked(archive + "more").ok());
    std::string locked = archive;
    locked[6] |= 1;
    CHECK(unpacked(locked).error().message == "the zip archive is encrypted");
    locked = archive;
    locked[8] = 12;
    CHECK(unpacked(locked).error().message.find("method 12") != std::string::npos);
}

TEST_CASE("a zip bomb stops at the ratio") {
    const auto out = unpacked(zip({{"zeros", std::string(64UL << 20, '\0')}}), 1 << 16);
    REQUIRE_FALSE(out.ok());
    CHECK(out.error().kind == base::ErrorKind::too_large);
}

TEST_CASE("members that were packed one by one unpack as one file") {
    Bytes both = compression::gzip_member(base::as_bytes("{\"a\":1}\n")).value();
    const Bytes second = compression::gzip_member(base::as_bytes("{\"b\":2}\n")).value();
    both.insert(both.end(), second.begin(), second.end());
    CHECK(unpacked(std::string(base::as_text(both))).value() == "{\"a\":1}\n{\"b\":2}\n");
}
