// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <exception/subject.hpp>

namespace oakum::exception {
namespace {

constexpr std::size_t kMostBounds = 8;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

} // namespace

base::Result<VersionRange> VersionRange::parse(std::string_view text, version::Scheme otherwise) {
    VersionRange range;
    range.scheme_ = otherwise;
    // "deb: ..."; an epoch ("1:2.3") is no scheme.
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos)
        if (const auto scheme = version::scheme_from_string(trimmed(text.substr(0, colon)))) {
            range.scheme_ = *scheme;
            text.remove_prefix(colon + 1);
        }
    for (;;) {
        const std::size_t comma = text.find(',');
        std::string_view bound = trimmed(text.substr(0, comma));
        Compare compare = Compare::equal;
        const auto starts = [&](std::string_view sign, Compare meant) {
            if (!bound.starts_with(sign)) return false;
            compare = meant;
            bound = trimmed(bound.substr(sign.size()));
            return true;
        };
        if (!starts("<=", Compare::less_equal) && !starts(">=", Compare::greater_equal) &&
            !starts("<", Compare::less) && !starts(">", Compare::greater))
            starts("=", Compare::equal);
        auto version = version::Version::parse(range.scheme_, bound);
        if (!version.ok())
            return base::invalid(
                "versions are bounds with commas between them, such as \">=1.2, <1.4\", as " +
                std::string(version::to_string(range.scheme_)) + " versions");
        if (range.bounds_.size() == kMostBounds) return base::invalid("versions have at most 8 bounds");
        range.bounds_.push_back({compare, *std::move(version)});
        if (comma == std::string_view::npos) return range;
        text.remove_prefix(comma + 1);
    }
}

bool VersionRange::holds(std::string_view text) const {
    const auto version = version::Version::parse(scheme_, text);
    if (!version.ok()) return false;
    return std::ranges::all_of(bounds_, [&](const Bound& bound) {
        const auto order = version::compare_keys(version->key(), bound.version.key());
        switch (bound.compare) {
        case Compare::equal:
            return order == 0;
        case Compare::less:
            return order < 0;
        case Compare::less_equal:
            return order <= 0;
        case Compare::greater:
            return order > 0;
        case Compare::greater_equal:
            return order >= 0;
        }
        return false;
    });
}

base::Result<Matcher> Matcher::make(const Subject& subject) {
    Matcher matcher;
    version::Scheme scheme = version::Scheme::generic;
    if (subject.component.starts_with("pkg:")) {
        auto purl = component::Purl::parse(subject.component);
        if (!purl.ok()) return std::move(purl).error().at("/component");
        if (!purl->version.empty())
            return base::invalid("the package URL goes without a version; say it under versions")
                .at("/component");
        scheme = version::scheme_for_purl_type(purl->type).value_or(scheme);
        matcher.purl_ = *std::move(purl);
    } else {
        matcher.name_ = subject.component;
    }
    if (!subject.versions.empty()) {
        if (subject.component.empty())
            return base::invalid("versions are of a component: name it").at("/versions");
        auto range = VersionRange::parse(subject.versions, scheme);
        if (!range.ok()) return std::move(range).error().at("/versions");
        matcher.versions_ = *std::move(range);
    }
    return matcher;
}

bool Matcher::is_about(const component::Component& component) const {
    if (purl_) {
        const auto purl = component::Purl::parse(component.purl);
        if (!purl.ok() || purl->type != purl_->type || purl->name_space != purl_->name_space ||
            purl->name != purl_->name)
            return false;
    } else if (!name_.empty() && component.name != name_) {
        return false;
    }
    return !versions_ || versions_->holds(component.version);
}

} // namespace oakum::exception
