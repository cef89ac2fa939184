// LINK: codecs_lwm2m_data
// SPDX-License-Identifier: Apache-2.0
#include <lwm2m_data/links.hpp>
#include <lwm2m_data/records.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum::lwm2m_data;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto list = read_objects(text); list.ok())
        for (const Path& path : list->paths)
            if (path.depth() == 0 || Path::parse(path.text()).value() != path) std::abort();
    for (const Path& asked : {Path{}, Path{3}, Path{3, 0}, Path{5, 0, 3}})
        for (const std::uint16_t format : {kText, kOpaque, kTlv, kSenmlJson, kSenmlCbor}) {
            const auto records = decode(format, text, asked);
            if (!records.ok()) continue;
            if (records->size() > kMostRecords) std::abort();
            for (const Record& record : *records) {
                if (!record.path.is_below_or_same(asked)) std::abort();
                (void)text_of(record.value);
                (void)integer_of(record.value);
            }
        }
    return 0;
}
