// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/kernel_build.hpp>

#include <memory>
#include <string_view>

namespace oakum::kernel_build {

// Whether the text has a line that only a kernel's configuration has.
bool is_configuration(std::string_view text);
std::unique_ptr<advisory::KernelBuild> read_configuration(std::string_view text);

} // namespace oakum::kernel_build
