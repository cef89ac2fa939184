// LINK: codecs_plist
// SPDX-License-Identifier: Apache-2.0
#include <plist/parse.hpp>
#include <plist/write.hpp>

#include <cstdlib>

// A message of a phone, in either form: what is taken, is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto value = plist::parse(base::as_text(base::ByteView(data, size)));
    if (!value.ok()) return 0;
    plist::Limits more;
    more.max_bytes = std::size_t{64} << 20;
    const std::string text = plist::write_xml(*value);
    const auto again = plist::parse(text, more);
    if (!again.ok() || plist::write_xml(*again) != text) std::abort();
    return 0;
}
