// SPDX-License-Identifier: Apache-2.0
#include <intake/record.hpp>

#include <algorithm>

namespace oakum::intake {
namespace {

// Each part behind its length: no text can pass for two others.
void feed(base::Sha256& hash, std::string_view text) {
    hash.update(std::to_string(text.size()));
    hash.update(":");
    hash.update(text);
}

void feed(base::Sha256& hash, const std::vector<std::string>& texts) {
    hash.update(std::to_string(texts.size()));
    hash.update("[");
    for (const std::string& text : texts)
        feed(hash, text);
}

} // namespace

base::Digest256 digest_of(const Content& content) {
    base::Sha256 hash;
    feed(hash, "oakum release content 1");
    for (const std::string* text : {&content.name, &content.version, &content.min_from, &content.floor})
        feed(hash, *text);
    feed(hash, content.models);
    feed(hash, content.hw_revisions);
    feed(hash, content.artifact_name);
    feed(hash, content.artifact.hex());
    feed(hash, content.sbom);
    return hash.finish();
}

base::Status add_maker(Record& record, std::string actor) {
    if (std::ranges::find(record.makers, actor) != record.makers.end()) return {};
    if (record.makers.size() >= kMostMakers)
        return base::conflict("too many people made this draft; create a new version");
    record.makers.push_back(std::move(actor));
    return {};
}

void add_override(Record& record, Override wish) {
    std::erase_if(record.overrides, [&](const Override& each) { return each.check == wish.check; });
    record.overrides.push_back(std::move(wish));
}

const Override* override_of(const Record& record, Check check, const base::Digest256& content,
                            const std::vector<std::string>& exploited) {
    for (const Override& each : record.overrides) {
        if (each.check != check || each.content != content) continue;
        if (check != Check::exploited || std::ranges::includes(each.about, exploited)) return &each;
    }
    return nullptr;
}

std::vector<std::string> verified_by(std::span<const Line> lines) {
    // A builder that is trusted here signed how it was built, as expected: that is level 1. Whether the
    // builder is hosted and hardened (levels 2 and 3) is nothing that a statement shows.
    const bool built = std::ranges::any_of(lines, [](const Line& line) {
        return line.check == Check::provenance && line.verdict == Verdict::passed;
    });
    std::vector<std::string> levels{built ? "SLSA_BUILD_LEVEL_1" : "SLSA_BUILD_LEVEL_0"};
    for (const Line& line : lines) {
        if (line.verdict != Verdict::passed && line.verdict != Verdict::overridden) continue;
        std::string word = "OAKUM_" + std::string(to_string(line.check));
        std::ranges::transform(word, word.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        levels.push_back(word + (line.verdict == Verdict::overridden ? "_OVERRIDDEN" : ""));
    }
    return levels;
}

} // namespace oakum::intake
