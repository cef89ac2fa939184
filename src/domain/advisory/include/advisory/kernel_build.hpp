// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace oakum::advisory {

// What is known of how one Linux kernel was built. It is only asked about source files.
class KernelBuild {
  public:
    virtual ~KernelBuild() = default;
    // Whether a file of the kernel's source, as "net/ipv4/cipso_ipv4.c", is known not to be compiled in,
    // neither into the image nor as a module. What is not known is not left out.
    virtual bool leaves_out(std::string_view source) const = 0;
};

// Whether all code among the files that a record names (a line each) is left out. Headers beside such code
// are left out with it; other headers are not, and neither are no files at all.
bool leaves_all_out(const KernelBuild& build, std::string_view files);

} // namespace oakum::advisory
