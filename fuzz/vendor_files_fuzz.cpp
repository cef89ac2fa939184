// LINK: codecs_attestations codecs_vendor_files codecs_intake_files
// SPDX-License-Identifier: Apache-2.0
#include <attestations/provenance.hpp>
#include <attestations/summary.hpp>
#include <intake_files/policy_json.hpp>
#include <intake_files/record_json.hpp>
#include <vendor_files/mcuboot.hpp>
#include <vendor_files/minisign.hpp>
#include <vendor_files/proofs.hpp>
#include <vendor_files/rauc.hpp>
#include <vendor_files/sniff.hpp>
#include <vendor_files/swu.hpp>

#include <algorithm>
#include <cstdlib>

namespace {

using namespace oakum;

// What is held in memory, as a file.
vendor_files::File file_of(std::string_view text) {
    return {text.size(), [text](std::uint64_t at, std::size_t size) -> base::Result<base::Bytes> {
                const auto piece = base::as_bytes(text.substr(std::min<std::size_t>(at, text.size()), size));
                return base::Bytes(piece.begin(), piece.end());
            }};
}

void kept(std::string_view text) {
    if (const auto record = intake_files::read_record(text); record.ok())
        if (intake_files::read_record(intake_files::write_record(*record)).value() != *record) std::abort();
    if (const auto policy = intake_files::read_policy(text); policy.ok())
        if (intake_files::read_policy(intake_files::write_policy(*policy)).value() != *policy) std::abort();
}

void archive(std::string_view text) {
    const vendor_files::File file = file_of(text);
    const auto read = vendor_files::read_swu(file);
    if (!read.ok()) return;
    for (const vendor_files::SwuArchive::Member& member : read->members)
        if (member.offset > text.size() || member.length > text.size() - member.offset) std::abort();
    (void)vendor_files::check_members(*read, file);
}

void bundle(std::string_view text) {
    const vendor_files::File file = file_of(text);
    const auto manifest = vendor_files::read_rauc_manifest(text);
    const auto read = vendor_files::read_rauc(file);
    if (!read.ok()) return;
    if (read->before + read->message.size() + 8 != text.size()) std::abort();
    // With the whole file as data, and with a tree of one block.
    for (const std::uint64_t tree : {0U, 4096U})
        (void)vendor_files::check_tree(*read, {"", "", base::Bytes(32), {}, tree}, file);
}

// As an envelope, and as what one holds.
void statement(std::string_view text) {
    const auto read = attestations::Envelope::parse(text);
    const base::ByteView bytes = base::as_bytes(text);
    const attestations::Envelope envelope =
        read.ok() ? *read
                  : attestations::Envelope{
                        std::string(attestations::kInToto), {bytes.begin(), bytes.end()}, {{"", {}}}};
    if (attestations::Envelope::parse(envelope.text()).value().text() != envelope.text()) std::abort();
    (void)attestations::read_provenance(envelope);
    const auto summary = attestations::read_summary(envelope);
    if (!summary.ok()) return;
    const std::string written = attestations::write_summary(*summary);
    const base::ByteView again = base::as_bytes(written);
    const auto reread =
        attestations::read_summary({std::string(attestations::kInToto), {again.begin(), again.end()}, {}});
    if (attestations::write_summary(reread.value()) != written) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const vendor_files::Ends ends{text.substr(0, vendor_files::kBeginning),
                                  text.substr(size - std::min(size, vendor_files::kEnd)), size};
    if (intake::words(vendor_files::sniff(ends)).empty()) std::abort();
    kept(text);
    archive(text);
    bundle(text);
    if (const auto image = vendor_files::McubootImage::parse(base::as_bytes(text)); image.ok())
        if (image->signed_bytes.size() > size || image->digest.size() < 32) std::abort();
    (void)vendor_files::MinisignKey::parse(text);
    (void)vendor_files::MinisignSignature::parse(text);
    statement(text);
    return 0;
}
