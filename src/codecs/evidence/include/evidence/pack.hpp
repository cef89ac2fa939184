// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <tar/header.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::evidence {

inline constexpr std::string_view kSums = "SHA256SUMS", kSignature = "SHA256SUMS.sig", kKey = "key.pem",
                                  kAbout = "about.json";

// The lines of `sha256sum`, in the order of the names.
std::string sums_of(const std::map<std::string, base::Digest256>& files);

// An Ed25519 public key of 32 bytes as SubjectPublicKeyInfo in PEM, and back. Errors: invalid.
std::string key_pem(base::ByteView raw);
base::Result<base::Bytes> raw_key(std::string_view pem);
// What people compare: the SHA-256 of the 32 bytes, in hexadecimal.
std::string key_id(base::ByteView raw);

struct Finding {
    std::string file; // empty: the pack as a whole
    std::string what;
};
struct Report {
    std::string key; // its id
    std::string about;
    std::uint64_t files = 0, bytes = 0; // of those that are named with their digest
    std::vector<Finding> wrong;         // empty: as it was signed; at most 100
    bool good() const { return wrong.empty(); }
};

// Reads an archive in pieces. Not shared between threads.
class Reader {
  public:
    // Errors: corrupt (it is no archive of the kind), too_large (one of the small files).
    base::Status feed(base::ByteView bytes);
    // `trusted`: the id of the key that it has to be signed with; empty: that of the pack itself. Errors:
    // corrupt (no pack, or one that is cut before its list).
    base::Result<Report> finish(std::string_view trusted = {});

  private:
    base::Status begin(const tar::Block& block);
    void end_file();

    std::string block_;             // until a header is whole
    std::optional<tar::Header> at_; // the file that is read
    std::uint64_t left_ = 0;        // of its bytes
    std::size_t filling_ = 0;       // zeros to pass over after it
    bool ended_ = false;
    base::Sha256 digest_;
    std::string text_; // of a small file
    std::map<std::string, std::string> small_;
    std::map<std::string, base::Digest256> seen_;
    std::map<std::string, std::uint64_t> sizes_;
    std::vector<std::string> twice_;
};

} // namespace oakum::evidence
