// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <wire/native.hpp>

// What goes back from a device in a folder that people carry (docs/sticks.md), and the files of such a
// folder.
namespace oakum::wire {

// How one attempt that came in a folder ended, said once and for all. (deployment, attempt, sequence) makes
// it idempotent, as of any report.
struct Receipt {
    std::string device;     // id
    std::uint64_t time = 0; // unix seconds by the device's clock
    Report report;          // its last word of that attempt
    std::string digest;     // hex SHA-256 of the image that runs; empty: it did not come by Oakum
    std::uint64_t length = 0, counter = 0;
};
struct SignedReceipt {
    std::string receipt;         // the very text that was signed
    std::string certificate_pem; // whose key signed it
    base::Bytes signature;       // of receipt_input(receipt)
};
// DSSE's pre-authentication encoding, of another type than a manifest's.
std::string receipt_input(std::string_view receipt);

inline constexpr std::size_t kMaxReceipt = 32 << 10;

std::string encode(const Receipt& message);
std::string encode(const SignedReceipt& message);
base::Result<Receipt> decode_receipt(std::string_view json);
base::Result<SignedReceipt> decode_signed_receipt(std::string_view json);

// The folders of such a folder. Files in them: as a repository serves them; DEVICE.json; SHA256 in
// hexadecimal; DEVICE-DEPLOYMENT-ATTEMPT.json.
inline constexpr std::string_view kCarriedMetadata = "metadata", kCarriedOrders = "orders",
                                  kCarriedDirections = "directions", kCarriedArtifacts = "artifacts",
                                  kCarriedReceipts = "receipts", kCarriedLog = "log";
// What a file of the log is called there: folders have one level.
std::string carried_log_name(std::string_view file);

} // namespace oakum::wire
