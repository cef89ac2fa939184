// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <component/component.hpp>
#include <component/purl.hpp>
#include <exception/exception.hpp>
#include <version/version.hpp>

namespace oakum::exception {

// Versions between bounds: "deb: >=1.2, <1.4", "<2.0", "1.4.1". Without a scheme they are read as the given
// one. Immutable.
class VersionRange {
  public:
    // At most 8 bounds. Errors: invalid.
    static base::Result<VersionRange> parse(std::string_view text, version::Scheme otherwise);
    // Of a version that cannot be read nothing is known: it is not in the range.
    bool holds(std::string_view version) const;

  private:
    enum class Compare : std::uint8_t { equal, less, less_equal, greater, greater_equal };
    struct Bound {
        Compare compare = Compare::equal;
        version::Version version;
    };
    version::Scheme scheme_ = version::Scheme::generic;
    std::vector<Bound> bounds_; // none: every version
};

// A subject that was read: asked whether it is about a component. Immutable. What it says of advisories and
// scores is for its user to ask, who knows them.
class Matcher {
  public:
    // Errors: invalid, with the place in the subject.
    static base::Result<Matcher> make(const Subject& subject);
    bool is_about(const component::Component& component) const;

  private:
    std::string name_;
    std::optional<component::Purl> purl_;
    std::optional<VersionRange> versions_;
};

} // namespace oakum::exception
