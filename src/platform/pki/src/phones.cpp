// SPDX-License-Identifier: Apache-2.0
#include <pki/phones.hpp>

#include "cms.hpp"
#include "issuing.hpp"

#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace oakum::pki {
namespace {

using ports::PhoneAuthority;
using std::chrono::hours;

constexpr auto kBackdated = hours(1);
constexpr auto kLife = hours(24 * 3652);
constexpr std::size_t kLongestName = 64, kLongestText = 512;
// RFC 8894 3.2.1: attributes of a request and of its answer.
constexpr const char* kTransaction = "2.16.840.1.113733.1.9.7";
constexpr const char* kMessageType = "2.16.840.1.113733.1.9.2";
constexpr const char* kStatus = "2.16.840.1.113733.1.9.3";
constexpr const char* kFailure = "2.16.840.1.113733.1.9.4";
constexpr const char* kSenderNonce = "2.16.840.1.113733.1.9.5";
constexpr const char* kRecipientNonce = "2.16.840.1.113733.1.9.6";

using StackPtr =
    std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * all) { sk_X509_pop_free(all, X509_free); })>;
using Pkcs7Ptr = std::unique_ptr<PKCS7, Freed<PKCS7_free>>;
using ProviderPtr = std::unique_ptr<OSSL_PROVIDER, Freed<OSSL_PROVIDER_unload>>;

// What of a request the answer needs.
struct Message {
    CertificatePtr signer; // to whom the answer is sealed
    std::string nonce;
    RequestPtr request;
};

base::Result<CertificatePtr> certificate_of(base::ByteView der) {
    const unsigned char* at = der.data();
    CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!certificate) return base::corrupt("a certificate that was kept cannot be read");
    return certificate;
}

base::Result<ports::PhoneCertificate> known(X509* certificate) {
    TRY_VALUE(const std::string pem, to_pem(certificate));
    TRY_VALUE(const CertificateInfo info, read_certificate(pem));
    return ports::PhoneCertificate{info.fingerprint, info.common_name, info.not_after};
}

bool is_weak(int digest) {
    return digest != NID_sha256 && digest != NID_sha384 && digest != NID_sha512;
}

std::string common_name(X509_REQ* request) {
    char name[256] = {};
    if (X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(request), NID_commonName, name, sizeof name) <= 0)
        return {};
    const std::string text(name);
    return text.size() <= kLongestName && base::is_utf8(text) ? text : std::string();
}

std::string challenge_of(X509_REQ* request) {
    const int at = X509_REQ_get_attr_by_NID(request, NID_pkcs9_challengePassword, -1);
    if (at < 0) return {};
    const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(X509_REQ_get_attr(request, at), 0);
    if (value == nullptr || (value->type != V_ASN1_PRINTABLESTRING && value->type != V_ASN1_UTF8STRING &&
                             value->type != V_ASN1_IA5STRING && value->type != V_ASN1_T61STRING))
        return {};
    const ASN1_STRING* text = value->value.asn1_string;
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(text));
    return size > kLongestText
               ? std::string()
               : std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), size);
}

class Issuer final : public PhoneAuthority {
  public:
    Issuer(CertificatePtr certificate, PrivateKey key, Weak weak, ports::Random& random)
        : certificate_(std::move(certificate)), key_(std::move(key)), weak_(weak), random_(random) {}

    // Algorithms of old, in a context of their own that nothing else uses.
    base::Status bring_old_algorithms() {
        if (weak_ != Weak::borne) return {};
        context_.reset(OSSL_LIB_CTX_new());
        if (!context_) return openssl_error("making room for old algorithms");
        ordinary_.reset(OSSL_PROVIDER_load(context_.get(), "default"));
        legacy_.reset(OSSL_PROVIDER_load(context_.get(), "legacy"));
        if (!ordinary_ || !legacy_)
            return base::unavailable(
                "OpenSSL's legacy algorithms are not installed: without them phones with weak "
                "cryptography cannot enrol");
        TRY_VALUE(const std::string pem, key_.secret_pem());
        old_key_.reset(PEM_read_bio_PrivateKey_ex(memory_bio(pem).get(), nullptr, no_passphrase, nullptr,
                                                  context_.get(), nullptr));
        if (!old_key_) return openssl_error("reading the phones' authority");
        return {};
    }

    base::Bytes certificate() const override {
        auto der = der_of(certificate_.get());
        return der.ok() ? *std::move(der) : base::Bytes();
    }
    bool bears_weak() const override { return weak_ == Weak::borne; }

    base::Result<Signed> verify(base::ByteView body, base::ByteView signature,
                                base::TimePoint now) const override {
        // SHA-1 is taken here: whoever could use its weakness would have to hold the key as well.
        TRY_VALUE(const SignedMessage message, open_signed(signature, body));
        TRY(is_ours(message.certificate.get(), now));
        TRY_VALUE(const ports::PhoneCertificate by, known(message.certificate.get()));
        return Signed{by, signing_time(message.signer)};
    }

    base::Result<Request> open(base::ByteView der) const override {
        TRY_VALUE(SignedMessage message, open_signed(der, std::nullopt, context_.get()));
        if (weak_ != Weak::borne && is_weak(message.digest))
            return base::invalid(
                "the request is signed by SHA-1 or older, which this server was not told to bear");
        Request out;
        out.transaction = attribute(message.signer, kTransaction, V_ASN1_PRINTABLESTRING);
        const std::string type = attribute(message.signer, kMessageType, V_ASN1_PRINTABLESTRING);
        const std::string nonce = attribute(message.signer, kSenderNonce, V_ASN1_OCTET_STRING);
        if (type != "19")
            return base::invalid("only a first request (PKCSReq) is answered, not a message of type " +
                                 type.substr(0, 8));
        if (out.transaction.empty() || out.transaction.size() > kLongestText || nonce.empty() ||
            nonce.size() > kLongestText)
            return base::invalid("the request names no transaction, or has no nonce");
        auto held = std::make_shared<Message>();
        TRY_VALUE(held->request, unseal(message.content));
        held->nonce = nonce;
        EVP_PKEY* key = X509_REQ_get0_pubkey(held->request.get());
        TRY_VALUE(out.key, digest_of_public(key));
        TRY_VALUE(const base::Digest256 signs, digest_of_public(X509_get0_pubkey(message.certificate.get())));
        if (signs != out.key)
            return base::unauthenticated("the request is signed by another key than it is for");
        held->signer = std::move(message.certificate);
        out.challenge = challenge_of(held->request.get());
        out.name = common_name(held->request.get());
        ERR_clear_error();
        out.message = std::move(held);
        return out;
    }

    base::Result<Issued> issue(const Request& request, base::TimePoint from, base::TimePoint until) override {
        Serial serial{};
        random_.fill(serial);
        EVP_PKEY* key = X509_REQ_get0_pubkey(message_of(request).request.get());
        TRY_VALUE(const CertificatePtr certificate, begin(serial, {from - kBackdated, until}, key));
        X509* x = certificate.get();
        TRY(add_text(X509_get_subject_name(x), NID_organizationName, "Oakum phones"));
        TRY(add_text(X509_get_subject_name(x), NID_commonName,
                     request.name.empty() ? "phone" : request.name));
        if (X509_set_issuer_name(x, X509_get_subject_name(certificate_.get())) != 1)
            return openssl_error("naming a certificate");
        TRY(add_leaf_extensions(x, certificate_.get(), "critical,digitalSignature,keyEncipherment",
                                "clientAuth"));
        TRY(seal(x, key_));
        Issued issued;
        TRY_VALUE(issued.certificate, der_of(x));
        TRY_VALUE(issued.known, known(x));
        return issued;
    }

    base::Result<base::Bytes> granted(const Request& request, base::ByteView certificate) const override {
        TRY_VALUE(CertificatePtr issued, certificate_of(certificate));
        TRY_VALUE(const base::Bytes bag, bag_of(issued.get()));
        const StackPtr to(sk_X509_new_null());
        X509* signer = message_of(request).signer.get();
        if (!to || sk_X509_push(to.get(), signer) <= 0) return openssl_error("sealing a certificate");
        X509_up_ref(signer);
        const BioPtr plain = memory_bio(base::as_text(bag));
        const CmsPtr sealed(CMS_encrypt(to.get(), plain.get(), EVP_aes_256_cbc(), CMS_BINARY));
        if (!sealed) return openssl_error("sealing a certificate");
        TRY_VALUE(const base::Bytes der, to_der(sealed.get()));
        return answer(request, der, "0", {});
    }

    base::Result<base::Bytes> refused(const Request& request, Refusal why) const override {
        return answer(request, {}, "2", std::to_string(static_cast<int>(why)));
    }

  private:
    static const Message& message_of(const Request& request) {
        return *static_cast<const Message*>(request.message.get());
    }

    base::Status is_ours(X509* certificate, base::TimePoint now) const {
        const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
        const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
        if (!store || !context || X509_STORE_add_cert(store.get(), certificate_.get()) != 1 ||
            X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr) != 1 ||
            X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_CLIENT) != 1)
            return openssl_error("preparing to verify a certificate");
        X509_STORE_CTX_set_time(context.get(), 0, static_cast<time_t>(base::unix_seconds(now)));
        const bool verified = X509_verify_cert(context.get()) == 1;
        ERR_clear_error();
        if (verified) return {};
        return base::unauthenticated(std::string("the certificate that signed is not one of this server: ") +
                                     X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
    }

    base::Result<RequestPtr> unseal(const base::Bytes& content) const {
        TRY_VALUE(const CmsPtr sealed, read_cms(content, context_.get()));
        if (OBJ_obj2nid(CMS_get0_type(sealed.get())) != NID_pkcs7_enveloped)
            return base::invalid("the request is not sealed");
        const BioPtr plain(BIO_new(BIO_s_mem()));
        EVP_PKEY* key = old_key_ ? old_key_.get() : native(key_);
        const bool opened =
            plain && CMS_decrypt(sealed.get(), key, certificate_.get(), nullptr, plain.get(), 0) == 1;
        ERR_clear_error();
        if (!opened)
            return base::invalid(weak_ == Weak::borne ? "the request cannot be opened: it is sealed for "
                                                        "another server, or by an algorithm that is not known"
                                                      : "the request cannot be opened: it is sealed for "
                                                        "another server, or by an old algorithm (DES)");
        const std::string der = contents(plain.get());
        const std::string pem = "-----BEGIN CERTIFICATE REQUEST-----\n" +
                                lines(base::to_base64(base::as_bytes(der))) +
                                "-----END CERTIFICATE REQUEST-----\n";
        TRY_VALUE(RequestPtr request, read_request(pem));
        if (EVP_PKEY_get_base_id(X509_REQ_get0_pubkey(request.get())) != EVP_PKEY_RSA)
            return base::invalid("the request is not for an RSA key, to which the answer could be sealed");
        return request;
    }

    static std::string lines(std::string_view packed) {
        std::string out;
        for (; !packed.empty(); packed = packed.substr(std::min<std::size_t>(64, packed.size())))
            out.append(packed.substr(0, 64)).append("\n");
        return out;
    }

    // PKCS#7 without a signature, which only carries it.
    static base::Result<base::Bytes> bag_of(X509* certificate) {
        const Pkcs7Ptr bag(PKCS7_new());
        if (!bag || PKCS7_set_type(bag.get(), NID_pkcs7_signed) != 1 ||
            PKCS7_content_new(bag.get(), NID_pkcs7_data) != 1 || PKCS7_set_detached(bag.get(), 1) != 1 ||
            PKCS7_add_certificate(bag.get(), certificate) != 1)
            return openssl_error("packing a certificate");
        unsigned char* der = nullptr;
        const int size = i2d_PKCS7(bag.get(), &der);
        if (size <= 0) return openssl_error("packing a certificate");
        base::Bytes bytes(der, der + size);
        OPENSSL_free(der);
        return bytes;
    }

    static bool put(CMS_SignerInfo* signer, const char* oid, int type, std::string_view value) {
        return CMS_signed_add1_attr_by_txt(signer, oid, type, value.data(), static_cast<int>(value.size())) ==
               1;
    }

    base::Result<base::Bytes> answer(const Request& request, base::ByteView content, std::string_view status,
                                     std::string_view failure) const {
        std::array<std::uint8_t, 16> nonce{};
        random_.fill(nonce);
        const bool fails = !failure.empty();
        const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP | (fails ? CMS_DETACHED : 0U);
        const CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
        CMS_SignerInfo* signer =
            cms ? CMS_add1_signer(cms.get(), certificate_.get(), native(key_), EVP_sha256(), flags) : nullptr;
        const std::string& asked = message_of(request).nonce;
        const bool named = signer != nullptr &&
                           put(signer, kTransaction, V_ASN1_PRINTABLESTRING, request.transaction) &&
                           put(signer, kMessageType, V_ASN1_PRINTABLESTRING, "3") &&
                           put(signer, kStatus, V_ASN1_PRINTABLESTRING, status) &&
                           (!fails || put(signer, kFailure, V_ASN1_PRINTABLESTRING, failure)) &&
                           put(signer, kSenderNonce, V_ASN1_OCTET_STRING, base::as_text(nonce)) &&
                           put(signer, kRecipientNonce, V_ASN1_OCTET_STRING, asked);
        const BioPtr bytes = memory_bio(content.empty() ? std::string_view("") : base::as_text(content));
        if (!named || !bytes || CMS_final(cms.get(), bytes.get(), nullptr, flags) != 1)
            return openssl_error("signing an answer");
        return to_der(cms.get());
    }

    CertificatePtr certificate_;
    PrivateKey key_;
    const Weak weak_;
    ports::Random& random_;
    ContextPtr context_; // null: OpenSSL's own
    ProviderPtr ordinary_, legacy_;
    KeyPtr old_key_; // the same key, for that context
};

} // namespace

base::Result<PhoneAuthorityFiles> make_phone_authority(const Serial& serial, base::TimePoint now) {
    EVP_PKEY* made = EVP_RSA_gen(3072);
    if (made == nullptr) return openssl_error("making a key");
    const KeyPtr owned(made);
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PrivateKey(bio.get(), made, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return openssl_error("writing a key");
    PhoneAuthorityFiles files;
    files.key_pem = contents(bio.get());
    TRY_VALUE(const PrivateKey key, PrivateKey::from_pem(files.key_pem));
    TRY_VALUE(const CertificatePtr certificate, begin(serial, {now - kBackdated, now + kLife}, made));
    X509* x = certificate.get();
    TRY(add_text(X509_get_subject_name(x), NID_commonName, "Oakum phones"));
    if (X509_set_issuer_name(x, X509_get_subject_name(x)) != 1) return openssl_error("naming an authority");
    TRY(add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
    // It opens what phones seal to it too: one certificate is what every client of SCEP understands.
    TRY(add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature,keyEncipherment"));
    TRY(add_extension(x, x, NID_subject_key_identifier, "hash"));
    TRY_VALUE(files.certificate_pem, finish(x, key));
    return files;
}

base::Result<std::unique_ptr<PhoneAuthority>> open_phone_authority(const PhoneAuthorityFiles& files,
                                                                   Weak weak, ports::Random& random,
                                                                   base::TimePoint now) {
    TRY_VALUE(const PrivateKey key, PrivateKey::from_pem(files.key_pem));
    TRY_VALUE(const Authority checked, Authority::load(files.certificate_pem, key, now));
    TRY_VALUE(CertificatePtr certificate, parse_certificate(files.certificate_pem));
    auto issuer = std::make_unique<Issuer>(std::move(certificate), key, weak, random);
    TRY(issuer->bring_old_algorithms());
    return std::unique_ptr<PhoneAuthority>(std::move(issuer));
}

} // namespace oakum::pki
