// SPDX-License-Identifier: Apache-2.0
#include "cms.hpp"

#include <ctime>

namespace oakum::pki {

base::Result<CmsPtr> read_cms(base::ByteView der, OSSL_LIB_CTX* algorithms) {
    if (der.size() > kMostMessage) return base::too_large("a signed or sealed message of more than 64 KiB");
    CMS_ContentInfo* raw =
        algorithms == nullptr ? CMS_ContentInfo_new() : CMS_ContentInfo_new_ex(algorithms, nullptr);
    if (raw == nullptr) return openssl_error("making room for a message");
    const unsigned char* at = der.data();
    // What is given is freed, and set to null, when it cannot be read.
    CMS_ContentInfo* read = d2i_CMS_ContentInfo(&raw, &at, static_cast<long>(der.size()));
    CmsPtr message(read != nullptr ? read : raw);
    ERR_clear_error();
    if (read == nullptr || at != der.data() + der.size())
        return base::invalid("it is no cryptographic message (CMS)");
    return message;
}

base::Result<base::Bytes> to_der(const CMS_ContentInfo* message) {
    unsigned char* der = nullptr;
    const int size = i2d_CMS_ContentInfo(message, &der);
    if (size <= 0) return openssl_error("encoding a message");
    base::Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

base::Result<SignedMessage> open_signed(base::ByteView der, std::optional<base::ByteView> detached,
                                        OSSL_LIB_CTX* algorithms) {
    SignedMessage out;
    TRY_VALUE(out.message, read_cms(der, algorithms));
    CMS_ContentInfo* cms = out.message.get();
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
        return base::invalid("the message is not signed");
    if ((CMS_is_detached(cms) == 1) != detached.has_value())
        return base::invalid(detached ? "the signature holds a message of its own"
                                      : "the message holds nothing");
    STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms);
    if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1)
        return base::invalid("it is not signed by exactly one");
    out.signer = sk_CMS_SignerInfo_value(signers, 0);
    STACK_OF(X509)* came = CMS_get1_certs(cms);
    for (int i = 0; came != nullptr && i < sk_X509_num(came) && !out.certificate; ++i)
        if (CMS_SignerInfo_cert_cmp(out.signer, sk_X509_value(came, i)) == 0) {
            X509_up_ref(sk_X509_value(came, i));
            out.certificate.reset(sk_X509_value(came, i));
        }
    sk_X509_pop_free(came, X509_free);
    if (!out.certificate) return base::invalid("the signer's certificate did not come with it");
    // A small key would let anybody sign.
    EVP_PKEY* key = X509_get0_pubkey(out.certificate.get());
    if (key == nullptr || !kind_of(key).ok()) {
        ERR_clear_error();
        return base::unauthenticated("it is signed with a key of a kind, or a size, that is not taken");
    }
    X509_ALGOR* hashed = nullptr;
    CMS_SignerInfo_get0_algs(out.signer, nullptr, nullptr, &hashed, nullptr);
    out.digest = hashed == nullptr ? NID_undef : OBJ_obj2nid(hashed->algorithm);

    const BioPtr given(detached ? BIO_new_mem_buf(detached->data(), static_cast<int>(detached->size()))
                                : nullptr);
    const BioPtr content(BIO_new(BIO_s_mem()));
    if ((detached && !given) || !content) return openssl_error("preparing to verify a message");
    // Whose certificate it is, is looked at by the caller: OpenSSL would ask for one that signs mail.
    const bool good = CMS_verify(cms, nullptr, nullptr, given.get(), content.get(),
                                 CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
    ERR_clear_error();
    if (!good) return base::unauthenticated("the signature is not of this message");
    const std::string text = contents(content.get());
    out.content.assign(text.begin(), text.end());
    return out;
}

std::optional<base::TimePoint> signing_time(CMS_SignerInfo* signer) {
    const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
    if (at < 0) return std::nullopt;
    const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0);
    if (value == nullptr || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
        return std::nullopt;
    std::tm fields{};
    if (ASN1_TIME_to_tm(value->value.asn1_string, &fields) != 1) return std::nullopt;
    return base::from_unix_ms(static_cast<std::int64_t>(timegm(&fields)) * 1000);
}

std::string attribute(CMS_SignerInfo* signer, const char* oid, int type) {
    const std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>> object(OBJ_txt2obj(oid, 1));
    // -3: it stands there once, with one value.
    const auto* value =
        static_cast<const ASN1_STRING*>(CMS_signed_get0_data_by_OBJ(signer, object.get(), -3, type));
    ERR_clear_error();
    if (value == nullptr) return {};
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

} // namespace oakum::pki
