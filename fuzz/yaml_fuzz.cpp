// LINK: codecs_plan_files codecs_yaml codecs_json
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <plan_files/plan_files.hpp>

#include <cstdlib>

// A file that a person wrote, or somebody else: read, and what was taken is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const plan_files::File file = plan_files::read(base::as_text(base::ByteView(data, size)));
    if (!file.problems.empty()) return 0;
    for (const plan_files::Document& document : file.documents) {
        const plan_files::File again = plan_files::read(plan_files::write(document.body));
        if (!again.problems.empty() || again.documents.size() != 1 ||
            again.documents.front().body.source() != document.body.source())
            std::abort();
    }
    return 0;
}
