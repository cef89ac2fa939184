// LINK: codecs_device_lists
// SPDX-License-Identifier: Apache-2.0
#include "../src/codecs/device_lists/src/xml.hpp"

#include <cstdlib>
#include <vector>

using namespace oakum::device_lists;

// Tags close in the order in which they opened, and nothing exceeds its bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    XmlReader xml({reinterpret_cast<const char*>(data), size});
    std::vector<std::string_view> open;
    for (;;) {
        const auto event = xml.next();
        if (!event.ok()) return xml.line() == 0 ? std::abort(), 1 : 0;
        using Kind = XmlReader::Event::Kind;
        if (event->kind == Kind::finished) break;
        if (event->kind == Kind::end) {
            if (open.empty() || open.back() != event->name) std::abort();
            open.pop_back();
            continue;
        }
        open.push_back(event->name);
        if (open.size() > XmlReader::kMostDepth || event->attributes.size() > XmlReader::kMostAttributes)
            std::abort();
        for (const auto& [name, value] : event->attributes)
            if (name.empty() || value.size() > XmlReader::kLongestValue) std::abort();
    }
    if (!open.empty()) std::abort();
    return 0;
}
