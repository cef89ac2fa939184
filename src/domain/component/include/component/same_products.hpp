// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

// Products that NVD knows under several CPE names, and the repositories in which products are made. Facts
// that were looked up one by one: names that nobody compared are not guessed.
namespace oakum::component {

// The other names ("a:vendor:product") of what has this one; empty for most.
std::vector<std::string_view> other_names(std::string_view key);

// The names of what is made in "owner/name" of GitHub or GitLab, whatever its case; the usual one first. Of
// forks nothing.
std::vector<std::string_view> keys_of_repository(std::string_view path);

} // namespace oakum::component
