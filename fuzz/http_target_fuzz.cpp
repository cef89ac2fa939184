// LINK: platform_http
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <http/target.hpp>

#include <cstdlib>

namespace {

using namespace oakum;

std::string encode(std::string_view path) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        if (c == '/') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

} // namespace

// A path that was accepted is in its final form: it has no step upwards and nothing hidden, and to encode it
// and read it again changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto target = http::parse_target({reinterpret_cast<const char*>(data), size});
    if (!target.ok()) return 0;
    const std::string& path = target->path;
    if (!path.starts_with('/') || !base::is_utf8(path)) std::abort();
    if (path.find("//") != std::string::npos || path.find('\\') != std::string::npos ||
        path.find('\0') != std::string::npos)
        std::abort();
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t next = std::min(path.find('/', at + 1), path.size());
        const std::string_view segment = std::string_view(path).substr(at + 1, next - at - 1);
        if (segment == "." || segment == "..") std::abort();
        at = next;
    }
    const auto again = http::parse_target(encode(path));
    if (!again.ok() || again->path != path) std::abort();
    return 0;
}
