// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layout.hpp"
#include "look.hpp"

#include <version/version.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace oakum::advisory {

// A version text, read and looked up under each scheme at most once.
class VersionText {
  public:
    VersionText() = default;
    explicit VersionText(std::string text) : text_(std::move(text)) {}
    const std::string& text() const { return text_; }
    bool missing() const { return text_.empty(); }
    // Where it stands among the file's versions; unordered when the scheme cannot read it.
    layout::Position position(const AdvisoryFile::Reader& reader, version::Scheme scheme) const;

  private:
    std::string text_;
    mutable std::array<std::optional<layout::Position>, version::scheme_count> positions_;
};

// The component as rules look at it.
struct Subject {
    const component::Component* component = nullptr;
    std::optional<component::Cpe> cpe; // its own, or completed from the table of packages
    std::string cpe_key;               // "a:vendor:product"
    std::uint32_t cpe_name = 0;        // "cpe:a:vendor:product" as the file numbers it; 0: it has no rules
    // The same of further names under which the table of packages knows it.
    std::vector<std::string> other_keys;
    std::vector<std::uint32_t> other_names;
    bool by_package = false;   // the table knows it by its package's name, not by a CPE name of its own
    VersionText version;       // with the update of its CPE name
    VersionText version_alone; // without it; the same text when it has none

    bool is_called(std::uint32_t name) const {
        return name == cpe_name || std::ranges::find(other_names, name) != other_names.end();
    }
};

// What one rule says. nothing: the rule is about something else. weak: unknown only because its ranges are
// commits.
struct Outcome {
    enum class Kind : std::uint8_t { nothing, weak, negative, unknown, affected } kind = Kind::nothing;
    Reason reason = Reason::not_stated;
    Confidence confidence = Confidence::medium;
    std::uint32_t rule = 0, hit = 0, fixed_in = 0;
    bool yields = false; // says less than it seems: a later source that decides is heard
};

Outcome evaluate_configuration(const AdvisoryFile::Reader& reader, std::uint32_t rule, const Subject& subject,
                               const Look& platform);
Outcome evaluate_product(const AdvisoryFile::Reader& reader, std::uint32_t rule, const Subject& subject,
                         const Look& platform);
Outcome evaluate_package(const AdvisoryFile::Reader& reader, std::uint32_t rule, const Subject& subject);
Outcome evaluate_stated(const AdvisoryFile::Reader& reader, std::uint32_t rule, const Subject& subject);
// All rules of one record about the system together: what is fixed where decides what is said about a branch.
Outcome evaluate_apple(const AdvisoryFile::Reader& reader, std::span<const std::uint32_t> rules,
                       const Subject& subject, const Look& platform);
// The newest bulletin that names the component's Android release, as a place among the versions; 0: none
// does.
std::uint32_t last_bulletin(const AdvisoryFile::Reader& reader, std::span<const std::uint32_t> rules,
                            const Subject& subject);
Outcome evaluate_android(const AdvisoryFile::Reader& reader, std::span<const std::uint32_t> rules,
                         const Subject& subject, const Look& platform, std::uint32_t last_named);

// The rule of a verdict that a statement of the set gave.
inline constexpr std::uint32_t no_rule = 0xFFFFFFFFU;
// hit numbers: which row a verdict points at.
inline constexpr std::uint32_t exact_hit = 0x80000000U;

} // namespace oakum::advisory
