// SPDX-License-Identifier: Apache-2.0
#include <advisory/kernel_build.hpp>

#include <algorithm>
#include <vector>

namespace oakum::advisory {
namespace {

std::string_view folder_of(std::string_view path) {
    return path.substr(0, path.rfind('/') + 1); // npos + 1 is 0
}

} // namespace

bool leaves_all_out(const KernelBuild& build, std::string_view files) {
    std::vector<std::string_view> folders;
    std::vector<std::string_view> headers;
    while (!files.empty()) {
        const auto end = files.find('\n');
        const auto file = files.substr(0, end);
        files = end == std::string_view::npos ? std::string_view() : files.substr(end + 1);
        if (file.ends_with(".h")) {
            headers.push_back(file);
        } else if (file.ends_with(".c") || file.ends_with(".S")) {
            if (!build.leaves_out(file)) return false;
            folders.push_back(folder_of(file));
        } else if (!file.empty()) {
            return false;
        }
    }
    return !folders.empty() && std::ranges::all_of(headers, [&](std::string_view header) {
        return std::ranges::find(folders, folder_of(header)) != folders.end();
    });
}

} // namespace oakum::advisory
