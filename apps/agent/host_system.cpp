// SPDX-License-Identifier: Apache-2.0
#include "host_system.hpp"

#include "folder_slots.hpp"

#include <base/digest.hpp>
#include <packages/os_release.hpp>
#include <system/file.hpp>

#include <algorithm>
#include <array>
#include <sys/utsname.h>

namespace oakum::agent {
namespace {

constexpr std::size_t max_text = 64 << 10;
constexpr std::size_t max_name = 100;

// The first line of a file, printable, without what makers leave in when they forget.
std::string stated(const char* file) {
    const auto text = system::read_bounded(file, max_text);
    if (!text.ok()) return {};
    std::string line = text->substr(0, text->find_first_of(std::string_view("\n\0", 2)));
    std::ranges::replace_if(line, [](char c) { return c < 0x20 || c > 0x7E || c == '#'; }, '-');
    line.resize(std::min(line.size(), max_name));
    while (line.ends_with(' '))
        line.pop_back();
    constexpr std::array<std::string_view, 8> kForgotten{"To be filled by O.E.M.",
                                                         "Default string",
                                                         "Not Specified",
                                                         "System Product Name",
                                                         "System Serial Number",
                                                         "None",
                                                         "0",
                                                         "Unknown"};
    return std::ranges::find(kForgotten, line) == kForgotten.end() ? line : std::string();
}

std::string first_stated(std::initializer_list<const char*> files) {
    for (const char* file : files)
        if (std::string text = stated(file); !text.empty()) return text;
    return {};
}

} // namespace

base::Result<updates::BootView> HostSystem::view() {
    updates::BootView view;
    view.running = "host";
    const auto os_release = system::read_bounded("/etc/os-release", max_text);
    if (os_release.ok()) view.running_version = packages::read_os_release(*os_release).version_id;
    view.boot_id = stated("/proc/sys/kernel/random/boot_id");
    return view;
}

std::string hardware_model() {
    std::string model =
        first_stated({"/sys/firmware/devicetree/base/model", "/sys/class/dmi/id/product_name"});
    utsname kernel{};
    if (model.empty() && ::uname(&kernel) == 0) model = "linux-" + std::string(kernel.machine);
    return model;
}

std::string hardware_serial() {
    std::string serial =
        first_stated({"/sys/firmware/devicetree/base/serial-number", "/sys/class/dmi/id/product_serial"});
    if (!serial.empty()) return serial;
    const std::string machine = stated("/etc/machine-id");
    if (machine.empty()) return {};
    return "machine-" + base::sha256("oakum-agent " + machine).hex().substr(0, 16);
}

} // namespace oakum::agent
