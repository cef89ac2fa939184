// SPDX-License-Identifier: Apache-2.0
#include <compression/decompressor.hpp>
#include <sbom/document.hpp>

#include <doctest/doctest.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace oakum;

namespace {

struct File {
    std::string name;
    std::string_view text;
};

// The plain files of a POSIX tar with short names.
std::vector<File> files_of(std::string_view tar) {
    std::vector<File> out;
    while (tar.size() >= 512 && tar[0] != '\0') {
        const std::string_view header = tar.substr(0, 512);
        std::size_t size = 0;
        const std::string_view digits = header.substr(124, 11);
        REQUIRE(std::from_chars(digits.data(), digits.data() + digits.size(), size, 8).ec == std::errc());
        REQUIRE(tar.size() >= 512 + size);
        if (header[156] == '0')
            out.push_back(
                {std::string(header.substr(0, header.substr(0, 100).find('\0'))), tar.substr(512, size)});
        tar.remove_prefix(std::min(tar.size(), 512 + (size + 511) / 512 * 512));
    }
    return out;
}

} // namespace

// Some checkouts have real SBOMs beside them; elsewhere this says so and checks nothing.
TEST_CASE("real SBOMs are read, or refused for a reason") {
    const std::filesystem::path path =
        std::filesystem::path(OAKUM_SOURCE_DIR) / "../shared/data/sbom/sboms.tar.zst";
    std::ifstream file(path, std::ios::binary);
    if (!file.good()) {
        MESSAGE("SKIPPED: ../shared/data/sbom/sboms.tar.zst is not here, so real SBOMs were not read");
        return;
    }
    const std::string packed{std::istreambuf_iterator<char>(file), {}};
    const auto tar = compression::decompress(base::as_bytes(packed), {});
    REQUIRE(tar.ok());
    std::size_t read = 0;
    std::size_t refused = 0;
    std::size_t empty = 0;
    for (const File& one : files_of(base::as_text(*tar))) {
        const auto document = sbom::parse(one.text);
        if (!document.ok()) {
            MESSAGE("refused " << one.name << ": " << document.error().text());
            ++refused;
            continue;
        }
        ++read;
        if (one.name.find("buildroot-2021.02.12-gateway") != std::string::npos) {
            CHECK(document->components.size() == 90);
            CHECK(document->statements.size() == 15);
        }
        if (one.name.find("buildroot-2026.05.1-camera") != std::string::npos) {
            CHECK(document->components.size() == 49);
        }
        if (one.name.find("spdx3-core-image-minimal-qemux86-64") != std::string::npos) {
            // 38 packages are delivered, four of them of one kernel; 72 relationships say 27 different
            // things.
            CHECK(document->components.size() == 35);
            CHECK(document->statements.size() == 27);
        }
        // One lists files only, one hardware only; both say so.
        CHECK_MESSAGE((!document->components.empty() || document->warned > 0), one.name);
        empty += document->components.empty();
    }
    MESSAGE(read << " read, " << refused << " refused");
    // Lines of tags without ends of lines, text after the end, a packed file.
    CHECK(read == 143);
    CHECK(refused == 5);
    CHECK(empty <= 5);
}
