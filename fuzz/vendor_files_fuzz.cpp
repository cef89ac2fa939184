// LINK: codecs_vendor_files codecs_intake_files
// SPDX-License-Identifier: Apache-2.0
#include <intake_files/policy_json.hpp>
#include <intake_files/record_json.hpp>
#include <vendor_files/sniff.hpp>

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    const vendor_files::Ends ends{file.substr(0, vendor_files::kBeginning),
                                  file.substr(size - std::min(size, vendor_files::kEnd)), size};
    if (intake::words(vendor_files::sniff(ends)).empty()) std::abort();
    if (const auto record = intake_files::read_record(file); record.ok())
        if (intake_files::read_record(intake_files::write_record(*record)).value() != *record) std::abort();
    if (const auto policy = intake_files::read_policy(file); policy.ok())
        if (intake_files::read_policy(intake_files::write_policy(*policy)).value() != *policy) std::abort();
    return 0;
}
