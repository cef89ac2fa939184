// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/compiler.hpp>
#include <advisory/match.hpp>
#include <compression/decompressor.hpp>
#include <feeds/reader.hpp>
#include <risk/cvss.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::truth {

inline const std::filesystem::path root = OAKUM_SOURCE_DIR;

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), path.string());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Feeds as they are imported, compiled.
struct Advisories {
    base::Bytes bytes;
    advisory::AdvisoryFile file;

    using Wanted = bool (*)(const advisory::Record& record);
    static bool all(const advisory::Record& /*record*/) { return true; }

    explicit Advisories(const std::vector<std::filesystem::path>& feeds, Wanted wanted = all) {
        advisory::AdvisoryCompiler compiler(risk::base_score);
        for (const auto& path : feeds)
            add(compiler, path, wanted);
        bytes = compiler.compile().value();
        file = advisory::AdvisoryFile::open(bytes).value();
    }

  private:
    static void add(advisory::AdvisoryCompiler& compiler, const std::filesystem::path& path, Wanted wanted) {
        CAPTURE(path.string());
        std::string text;
        compression::Decompressor unpack;
        const compression::Decompressor::Sink sink = [&](base::ByteView piece) -> base::Status {
            text += base::as_text(piece);
            return {};
        };
        REQUIRE(unpack.feed(base::as_bytes(read_file(path)), sink).ok());
        REQUIRE(unpack.finish(sink).ok());
        const auto kind = feeds::detect(text.substr(0, 65536), path.filename().string());
        REQUIRE(kind.ok());
        feeds::FeedReader reader(*kind, [&](feeds::Item&& item) -> base::Status {
            const auto* record = std::get_if<advisory::Record>(&item);
            if (record == nullptr || wanted(*record))
                std::visit([&](const auto& value) { compiler.add(value); }, item);
            return {};
        });
        REQUIRE(reader.feed(base::as_bytes(text)).ok());
        const auto tally = reader.finish();
        REQUIRE(tally.ok());
        CHECK(tally->rejected == 0);
    }
};

inline component::Component software(std::string name, std::string version, std::string cpe,
                                     std::string purl = {}) {
    component::Component out;
    out.name = std::move(name);
    out.version = std::move(version);
    out.cpe = std::move(cpe);
    out.purl = std::move(purl);
    return out;
}
inline component::Component system(std::string name, std::string version, std::string patch_level = {}) {
    component::Component out;
    out.kind = component::Kind::operating_system;
    out.name = std::move(name);
    out.version = std::move(version);
    out.patch_level = std::move(patch_level);
    return out;
}
inline component::Component hardware(std::string name, std::string cpe = {}) {
    component::Component out;
    out.kind = component::Kind::hardware;
    out.name = std::move(name);
    out.cpe = std::move(cpe);
    return out;
}

} // namespace oakum::truth
