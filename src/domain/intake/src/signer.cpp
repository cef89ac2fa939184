// SPDX-License-Identifier: Apache-2.0
#include <intake/signer.hpp>

#include <algorithm>
#include <array>

namespace oakum::intake {
namespace {

constexpr std::array<std::string_view, kSignatureKinds> kKinds{"minisign", "mcuboot", "swupdate",
                                                               "provenance", "rauc"};
constexpr std::array<std::string_view, kSignatureKinds> kWords{
    "a signature of minisign", "the signature inside of the MCUboot image",
    "the signature inside of the SWUpdate archive", "a statement", "the signature inside of the RAUC bundle"};

bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() != '.' && text.front() != '-' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

bool is_line_of_text(std::string_view text, std::size_t most) {
    return text.size() <= most && std::ranges::all_of(text, [](char c) {
               return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
           });
}

} // namespace

std::string_view to_string(SignatureKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

base::Result<SignatureKind> parse_signature_kind(std::string_view text) {
    for (std::size_t i = 0; i < kKinds.size(); ++i)
        if (kKinds[i] == text) return static_cast<SignatureKind>(i);
    return base::invalid("a signature is of minisign, mcuboot, swupdate, rauc or provenance");
}

base::Status check(const Signer& signer) {
    if (!is_plain(signer.name))
        return base::invalid("a name of 1 to 64 letters, digits, '.', '_' and '-'").at("/name");
    if (signer.key.empty() || signer.key.size() > kLongestKey)
        return base::invalid("a key of at most 16 KiB").at("/key");
    if (signer.lines.size() > kMostLines || !std::ranges::all_of(signer.lines, is_plain))
        return base::invalid("at most 64 names of lines of releases").at("/lines");
    const bool says_how = !signer.builder.empty() || !signer.build_type.empty() || !signer.parameters.empty();
    if (signer.kind != SignatureKind::provenance)
        return says_how
                   ? base::Status(base::invalid("only statements say how something was built").at("/builder"))
                   : base::Status();
    if (signer.builder.empty() || !is_line_of_text(signer.builder, 2048))
        return base::invalid("the builder whose statements count, as they name it").at("/builder");
    if (signer.build_type.empty() || !is_line_of_text(signer.build_type, 2048))
        return base::invalid("the kind of build, as statements name it").at("/build_type");
    if (signer.parameters.size() > kMostParameters)
        return base::invalid("at most 64 parameters").at("/parameters");
    for (const auto& [name, value] : signer.parameters)
        if (name.empty() || !is_line_of_text(name, 256) || !is_line_of_text(value, 4096))
            return base::invalid("a parameter is one line").at("/parameters");
    return {};
}

bool speaks_for(const Signer& signer, std::string_view line) {
    return signer.lines.empty() || std::ranges::find(signer.lines, line) != signer.lines.end();
}

Proven proven(const std::vector<Proof>& proofs, std::string_view what) {
    Proven result{!proofs.empty(), false, ""};
    for (const Proof& proof : proofs) {
        if (!proof.flaw.empty()) continue;
        result.counts = true;
        result.evidence = "By " + proof.by + ": " +
                          std::string(kWords[static_cast<std::size_t>(proof.kind)]) +
                          (proof.says.empty() ? "" : " (" + proof.says + ")") + ".";
        return result;
    }
    if (proofs.empty()) {
        result.evidence =
            "There is no " + std::string(what) +
            " of a kind that is known here. Upload the file with the one that its maker put inside, or put "
            "the maker's beside it (oakum artifact attach).";
        return result;
    }
    for (const Proof& proof : proofs) {
        std::string one(kWords[static_cast<std::size_t>(proof.kind)]);
        one.front() = static_cast<char>(one.front() - 'a' + 'A');
        if (!proof.says.empty()) one += " (" + proof.says + ")";
        result.evidence +=
            (result.evidence.empty() ? "" : " ") + one + " does not count: " + proof.flaw + ".";
    }
    result.evidence += " Get both from the maker again, or have an administrator say that this key counts "
                       "(oakum intake trust).";
    return result;
}

std::string flaw_of_statement(const Signer& signer, const std::string& builder, const std::string& build_type,
                              const std::map<std::string, std::string>& parameters, bool names_artifact) {
    if (!names_artifact) return "it is of another file";
    if (builder != signer.builder) return "it was built by " + builder + " and not by " + signer.builder;
    if (build_type != signer.build_type)
        return "the kind of build is " + build_type + " and not " + signer.build_type;
    for (const auto& [name, value] : parameters) {
        const auto wanted = signer.parameters.find(name);
        if (wanted == signer.parameters.end())
            return "it was built with " + name + ", of which nothing is known here";
        if (wanted->second != value)
            return "it was built with " + name + " = " + value + " and not " + wanted->second;
    }
    for (const auto& [name, value] : signer.parameters)
        if (!parameters.contains(name)) return "it was not built with " + name;
    return "";
}

} // namespace oakum::intake
