// SPDX-License-Identifier: Apache-2.0
#include "verification.hpp"

#include "session.hpp"
#include "settings.hpp"

#include <attestations/summary.hpp>
#include <base/pem_key.hpp>
#include <cli/table.hpp>
#include <component/purl.hpp>
#include <evidence/pack.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace oakum::cli {

using attestations::Summary;

namespace {

constexpr std::size_t kLargestKey = 16 << 10;
constexpr std::string_view kOurs = "OAKUM_", kBuildTrack = "SLSA_BUILD_LEVEL_";

base::Status write_new(const std::string& file, std::string_view text) {
    if (std::filesystem::exists(file)) return base::conflict(file + " is there already: name a new file");
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        return base::unavailable("writing " + file + " failed: is there room, and may you write there?");
    return {};
}

base::Result<base::Digest256> digest_of_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return base::not_found(file + " cannot be read");
    base::Sha256 hash;
    std::string piece(1UL << 20, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0)
        hash.update(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())));
    if (in.bad()) return base::unavailable(file + " could not be read to its end");
    return hash.finish();
}

// "gateway@1.5.0" as releases are named in summaries; what has a scheme is taken as it is.
std::string resource_of(const std::string& release) {
    if (release.starts_with("pkg:")) return release;
    const std::size_t at = release.rfind('@');
    component::Purl purl;
    purl.type = "generic";
    purl.name = release.substr(0, at);
    if (at != std::string::npos) purl.version = release.substr(at + 1);
    return purl.text();
}

// "approval" as summaries of ours name it; their own words as they are.
std::string level_of(const std::string& required) {
    if (std::ranges::any_of(required, [](char c) { return c == '_' || (c >= 'A' && c <= 'Z'); }))
        return required;
    std::string level(kOurs);
    for (const char c : required)
        level.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    return level;
}

// A level of the build track implies those below it.
bool has_level(const Summary& summary, const std::string& level) {
    return std::ranges::any_of(summary.levels, [&](const std::string& each) {
        const bool track = level.starts_with(kBuildTrack) && each.starts_with(kBuildTrack) &&
                           each.size() == kBuildTrack.size() + 1 && level.size() == each.size();
        return track ? each >= level : each == level;
    });
}

std::string list_of(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words)
        list += (list.empty() ? "" : ", ") + word;
    return list.empty() ? "nothing" : list;
}

// Why it does not vouch for the file; empty: it does.
std::vector<std::string> flaws_of(const Summary& summary, const Verification& wish,
                                  const base::Digest256& file, const std::string& verifier) {
    std::vector<std::string> flaws;
    if (std::ranges::none_of(summary.subjects,
                             [&](const Summary::File& subject) { return subject.sha256 == file; }))
        flaws.push_back("it is about another file: " + wish.file + " has the SHA-256 " + file.hex() +
                        (summary.subjects.empty()
                             ? ", and it names none"
                             : ", and it names " + summary.subjects.front().sha256.hex()));
    if (!summary.passed) flaws.emplace_back("it says that the file did not pass");
    if (!wish.release.empty() && summary.resource != resource_of(wish.release))
        flaws.push_back("it is about " + summary.resource + ", not " + resource_of(wish.release));
    if (summary.verifier != verifier)
        flaws.push_back("it is in the name of " + summary.verifier + ", not of " + verifier);
    for (const std::string& required : wish.required)
        if (!has_level(summary, level_of(required)))
            flaws.push_back(required + " was not verified; verified was " + list_of(summary.levels));
    return flaws;
}

// Who may sign with this key: whoever is named by it, unless another name is given.
base::Result<std::string> verifier_of(const Verification& wish, const std::string& pem) {
    if (!wish.verifier.empty()) return wish.verifier;
    const std::string whole = pem.substr(0, pem.find_last_not_of("\r\n \t") + 1) + "\n";
    const auto raw = evidence::raw_key(whole);
    if (!raw.ok())
        return base::invalid("the key is not of Oakum's kind (Ed25519): say whose it is with --verifier");
    return attestations::name_of(base::sha256(*raw));
}

} // namespace

base::Status get_summary(const Flow& flow, const SummaryWish& wish) {
    TRY_VALUE(const std::string id, id_of(flow.api, "release", wish.release));
    TRY_VALUE(const json::Value summary,
              flow.api.call(ports::Method::get, "/api/v1/releases/" + encode(id) + "/verification-summary"));
    if (flow.dry_run && !wish.file.empty()) return changed_nothing(flow, "Would write " + wish.file);
    if (!wish.key_file.empty()) {
        TRY_VALUE(const json::Value key, flow.api.call(ports::Method::get, "/api/v1/evidence-key"));
        TRY(write_new(wish.key_file, text_at(key, "/pem")));
        flow.console.err(wish.key_file + " is written: the key " + text_at(key, "/id") +
                         ". Who verifies compares that with what the server's people say.\n");
    }
    const std::string text = std::string(summary.source()) + "\n";
    if (wish.file.empty()) {
        flow.console.out(text);
        return {};
    }
    TRY(write_new(wish.file, text));
    flow.console.err(wish.file + " is written. To check it: oakum verify FILE --summary " + wish.file +
                     " --key KEY\n");
    return {};
}

base::Status verify_artifact(const Shown& shown, const Verification& wish) {
    TRY_VALUE(const std::string pem, read_file(wish.key_file, kLargestKey));
    TRY_VALUE(const base::PublicKey key, base::read_public_key(pem));
    TRY_VALUE(const std::string verifier, verifier_of(wish, pem));
    TRY_VALUE(const std::string text, read_file(wish.summary_file, attestations::kLargestEnvelope));
    TRY_VALUE(const auto envelope, attestations::Envelope::parse(text));
    if (!envelope.is_by(key))
        return base::corrupt(wish.summary_file + " is not signed by this key, or was changed since");
    TRY_VALUE(const Summary summary, attestations::read_summary(envelope));
    TRY_VALUE(const base::Digest256 digest, digest_of_file(wish.file));
    const std::vector<std::string> flaws = flaws_of(summary, wish, digest, verifier);

    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("good", flaws.empty()).member("release", summary.resource);
    writer.member("sha256", digest.hex()).member("verified_at", base::to_iso8601(summary.verified));
    writer.member("verifier", summary.verifier).key("verified").begin_array();
    for (const std::string& level : summary.levels)
        writer.value(level);
    writer.end_array().key("statements").begin_array();
    for (const Summary::File& input : summary.inputs)
        writer.value(input.name.empty() ? input.sha256.hex() : input.name);
    writer.end_array().key("wrong").begin_array();
    for (const std::string& flaw : flaws)
        writer.value(flaw);
    writer.end_array().end_object();
    TRY_VALUE(const json::Value told, json::parse(out));
    shown.object({{"vouched for", "/good", Format::flag},
                  {"release", "/release", Format::id},
                  {"SHA-256", "/sha256", Format::id},
                  {"verified at", "/verified_at", Format::time},
                  {"by", "/verifier", Format::id},
                  {"verified", "/verified", Format::list},
                  {"statements", "/statements", Format::list, kOnlyWhenThere},
                  {"wrong", "/wrong", Format::list, kOnlyWhenThere}},
                 told);
    if (!flaws.empty()) return base::corrupt("the summary does not vouch for this file");
    return {};
}

} // namespace oakum::cli
