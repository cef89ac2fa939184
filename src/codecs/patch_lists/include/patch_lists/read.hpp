// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <component/component.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace oakum::patch_lists {

inline constexpr std::size_t most_statements = 1'000'000;

// Whether a JSON document looks like a list of either build system, by its first names.
bool is_patch_list(std::string_view text);

// Yocto's cve-check ("package", each with its "issue"s): Patched is fixed, Ignored is not affected, each with
// the detail that the recipe gives; an ignored one that nobody will repair or that is disputed is left out.
// Buildroot's pkg-stats ("packages" by name): "ignored_cves" are not affected. Of each package the name and
// version count; its names in the CVE programme ("products", "cpeid") stand for it too. Errors: invalid (with
// place), too_large.
base::Result<std::vector<component::Statement>> read(std::string_view text);

} // namespace oakum::patch_lists
