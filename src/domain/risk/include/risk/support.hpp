// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <component/component.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oakum::risk {

// Until when a maker mends something, and who says so.
struct SupportEnd {
    enum class Of : std::uint8_t { model, system, component };
    Of of = Of::component;
    std::string name;   // "AC-GW200"; "android", "debian"; "openssl", "linux"
    std::string branch; // "11", "3.0"; empty: of every version
    base::TimePoint ends{};
    std::string source; // "endoflife.date, 2025-02", "letter of the vendor"
    bool operator==(const SupportEnd&) const = default;
};
std::string_view to_string(SupportEnd::Of of);

// Looks up the most specific row; of equal ones the later in the list. Immutable once made.
class SupportEnds {
  public:
    SupportEnds() = default;
    explicit SupportEnds(std::vector<SupportEnd> rows);
    const std::vector<SupportEnd>& rows() const { return rows_; }

    const SupportEnd* of_model(std::string_view model) const;
    // Of an operating system, a kernel, a library. What a distribution packages is kept up by the
    // distribution, whatever its own project does: nothing is said of it.
    const SupportEnd* of(const component::Component& component) const;

  private:
    const SupportEnd* find(SupportEnd::Of of, std::string_view name, std::string_view version) const;
    std::vector<SupportEnd> rows_;
    std::map<std::pair<SupportEnd::Of, std::string>, std::vector<std::size_t>, std::less<>> by_name_;
};

// Whether a version is of a branch: "3.0.14" and "3.0" are of "3.0", "3.01" is not; "1.1.1w" is of "1.1.1".
bool is_of_branch(std::string_view version, std::string_view branch);

} // namespace oakum::risk
