// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "openssl.hpp"

#include <base/time.hpp>

#include <openssl/cms.h>

#include <optional>

// Cryptographic messages (RFC 5652) as phones and SCEP use them.
namespace oakum::pki {

using CmsPtr = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;
using ContextPtr = std::unique_ptr<OSSL_LIB_CTX, Freed<OSSL_LIB_CTX_free>>;

inline constexpr std::size_t kMostMessage = 64 * 1024;

// Of at most 64 KiB, with nothing behind it. `algorithms`: null for OpenSSL's own. Errors: invalid,
// too_large.
base::Result<CmsPtr> read_cms(base::ByteView der, OSSL_LIB_CTX* algorithms = nullptr);
base::Result<base::Bytes> to_der(const CMS_ContentInfo* message);

struct SignedMessage {
    CmsPtr message;
    CMS_SignerInfo* signer = nullptr; // of the message
    CertificatePtr certificate;       // the signer's, which came with it
    base::Bytes content;
    int digest = NID_undef; // by which it was signed
};
// Signed by one, whose certificate came with it. `detached`: over these bytes, when they are not inside.
// Whether the certificate is anybody's is not looked at. Errors: invalid, unauthenticated (the signature is
// not of it).
base::Result<SignedMessage> open_signed(base::ByteView der, std::optional<base::ByteView> detached,
                                        OSSL_LIB_CTX* algorithms = nullptr);
// By the signer's own clock.
std::optional<base::TimePoint> signing_time(CMS_SignerInfo* signer);
// A signed attribute that stands there once, of that type; empty: it does not.
std::string attribute(CMS_SignerInfo* signer, const char* oid, int type);

} // namespace oakum::pki
