// SPDX-License-Identifier: Apache-2.0
// A phone's side is made here with OpenSSL's own functions, from RFC 8894.
#include <doctest/doctest.h>
#include <pki/phones.hpp>

#include "cms.hpp"

#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <random>

using namespace oakum;
using namespace oakum::pki;
using std::chrono::hours;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-22T16:03:00Z").value();

class Dice final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(engine_());
    }

  private:
    std::mt19937 engine_{7};
};

Dice dice;

const PhoneAuthorityFiles& files() {
    static const PhoneAuthorityFiles made = [] {
        Serial serial;
        serial.fill(9);
        return make_phone_authority(serial, kNow).value();
    }();
    return made;
}
std::unique_ptr<ports::PhoneAuthority> authority(Weak weak = Weak::refused) {
    return open_phone_authority(files(), weak, dice, kNow).value();
}

struct Phone {
    KeyPtr key{EVP_RSA_gen(2048)};
    CertificatePtr own = self_signed(key.get());

    static CertificatePtr self_signed(EVP_PKEY* key) {
        CertificatePtr x(X509_new());
        X509_set_version(x.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 1);
        ASN1_TIME_set(X509_getm_notBefore(x.get()), base::unix_seconds(kNow) - 60);
        ASN1_TIME_set(X509_getm_notAfter(x.get()), base::unix_seconds(kNow) + 3600);
        X509_set_pubkey(x.get(), key);
        X509_NAME_add_entry_by_NID(X509_get_subject_name(x.get()), NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>("phone"), -1, -1, 0);
        X509_set_issuer_name(x.get(), X509_get_subject_name(x.get()));
        X509_sign(x.get(), key, EVP_sha256());
        return x;
    }
    base::Bytes request(const std::string& challenge, const std::string& name) const {
        const RequestPtr request(X509_REQ_new());
        X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(request.get()), NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_REQ_set_pubkey(request.get(), key.get());
        X509_REQ_add1_attr_by_NID(request.get(), NID_pkcs9_challengePassword, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(challenge.c_str()), -1);
        X509_REQ_sign(request.get(), key.get(), EVP_sha256());
        unsigned char* der = nullptr;
        const int size = i2d_X509_REQ(request.get(), &der);
        base::Bytes bytes(der, der + size);
        OPENSSL_free(der);
        return bytes;
    }
    struct Wish {
        std::string challenge = "one-time", name = "00008101-000A1B2C3D4E5F60", type = "19";
        const EVP_CIPHER* cipher = EVP_aes_128_cbc();
        const EVP_MD* digest = EVP_sha256();
        EVP_PKEY* signs = nullptr;          // null: its own
        OSSL_LIB_CTX* algorithms = nullptr; // of the cipher
    };
    base::Bytes ask(const ports::PhoneAuthority& to, const Wish& wish) const {
        const base::Bytes ca = to.certificate();
        const unsigned char* at = ca.data();
        const CertificatePtr recipient(d2i_X509(nullptr, &at, static_cast<long>(ca.size())));
        STACK_OF(X509)* all = sk_X509_new_null();
        sk_X509_push(all, recipient.get());
        const base::Bytes plain = request(wish.challenge, wish.name);
        const BioPtr in = memory_bio(base::as_text(plain));
        const CmsPtr sealed(CMS_encrypt_ex(all, in.get(), wish.cipher, CMS_BINARY, wish.algorithms, nullptr));
        sk_X509_free(all);
        REQUIRE(sealed);
        const base::Bytes inner = to_der(sealed.get()).value();
        EVP_PKEY* signs = wish.signs != nullptr ? wish.signs : key.get();
        const CertificatePtr other = self_signed(signs);
        const CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY));
        CMS_SignerInfo* signer =
            CMS_add1_signer(cms.get(), other.get(), signs, wish.digest, CMS_BINARY | CMS_NOSMIMECAP);
        const auto put = [&](const char* oid, int kind, const std::string& value) {
            REQUIRE(CMS_signed_add1_attr_by_txt(signer, oid, kind, value.data(),
                                                static_cast<int>(value.size())) == 1);
        };
        put("2.16.840.1.113733.1.9.7", V_ASN1_PRINTABLESTRING, "T1");
        put("2.16.840.1.113733.1.9.2", V_ASN1_PRINTABLESTRING, wish.type);
        put("2.16.840.1.113733.1.9.5", V_ASN1_OCTET_STRING, "0123456789abcdef");
        const BioPtr content = memory_bio(base::as_text(inner));
        REQUIRE(CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY) == 1);
        return to_der(cms.get()).value();
    }
    // The certificate in an answer, opened with the phone's key.
    CertificatePtr taken(const base::Bytes& answer) const {
        auto message = open_signed(answer, std::nullopt);
        REQUIRE(message.ok());
        CHECK(attribute(message->signer, "2.16.840.1.113733.1.9.7", V_ASN1_PRINTABLESTRING) == "T1");
        CHECK(attribute(message->signer, "2.16.840.1.113733.1.9.2", V_ASN1_PRINTABLESTRING) == "3");
        CHECK(attribute(message->signer, "2.16.840.1.113733.1.9.3", V_ASN1_PRINTABLESTRING) == "0");
        CHECK(attribute(message->signer, "2.16.840.1.113733.1.9.6", V_ASN1_OCTET_STRING) ==
              "0123456789abcdef");
        const CmsPtr sealed = read_cms(message->content).value();
        const BioPtr plain(BIO_new(BIO_s_mem()));
        REQUIRE(CMS_decrypt(sealed.get(), key.get(), own.get(), nullptr, plain.get(), 0) == 1);
        const std::string bag = contents(plain.get());
        const auto* at = reinterpret_cast<const unsigned char*>(bag.data());
        const std::unique_ptr<PKCS7, Freed<PKCS7_free>> pkcs7(
            d2i_PKCS7(nullptr, &at, static_cast<long>(bag.size())));
        REQUIRE(pkcs7);
        REQUIRE(sk_X509_num(pkcs7->d.sign->cert) == 1);
        X509* first = sk_X509_value(pkcs7->d.sign->cert, 0);
        X509_up_ref(first);
        return CertificatePtr(first);
    }
    base::Bytes sign(const std::string& body, X509* certificate, const EVP_MD* digest = EVP_sha256()) const {
        const CmsPtr cms(
            CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED));
        CMS_add1_signer(cms.get(), certificate, key.get(), digest, CMS_BINARY);
        const BioPtr content = memory_bio(body);
        REQUIRE(CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY | CMS_DETACHED) == 1);
        return to_der(cms.get()).value();
    }
};

CertificatePtr enrolled(ports::PhoneAuthority& authority, const Phone& phone) {
    const auto request = authority.open(phone.ask(authority, {}));
    REQUIRE(request.ok());
    const auto issued = authority.issue(*request, kNow, kNow + hours(24));
    REQUIRE(issued.ok());
    return phone.taken(authority.granted(*request, issued->certificate).value());
}

} // namespace

TEST_CASE("a phone gets a certificate for its own key, and what it signs is known") {
    const auto own = authority();
    const Phone phone;
    const auto request = own->open(phone.ask(*own, {}));
    REQUIRE(request.ok());
    CHECK(request->challenge == "one-time");
    CHECK(request->name == "00008101-000A1B2C3D4E5F60");
    CHECK(request->transaction == "T1");
    const auto issued = own->issue(*request, kNow, kNow + hours(24));
    REQUIRE(issued.ok());
    const auto answer = own->granted(*request, issued->certificate);
    REQUIRE(answer.ok());
    const CertificatePtr certificate = phone.taken(*answer);
    CHECK(X509_check_private_key(certificate.get(), phone.key.get()) == 1);

    const std::string body = "<plist/>";
    const auto by = own->verify(base::as_bytes(body), phone.sign(body, certificate.get()), kNow);
    REQUIRE(by.ok());
    CHECK(by->by == issued->known);
    CHECK(by->by.name == "00008101-000A1B2C3D4E5F60");
    CHECK(by->at.has_value());
    // SHA-1 is borne here.
    CHECK(own->verify(base::as_bytes(body), phone.sign(body, certificate.get(), EVP_sha1()), kNow).ok());
}

TEST_CASE("a signature of other bytes, of a stranger, or by a certificate that ended is refused") {
    const auto own = authority();
    const Phone phone;
    const CertificatePtr certificate = enrolled(*own, phone);
    const base::Bytes signature = phone.sign("body", certificate.get());
    CHECK(own->verify(base::as_bytes("body"), signature, kNow).ok());
    CHECK(own->verify(base::as_bytes("bodY"), signature, kNow).error().kind ==
          base::ErrorKind::unauthenticated);
    const auto late = own->verify(base::as_bytes("body"), signature, kNow + hours(25));
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().message.find("expired") != std::string::npos);
    const auto stranger = own->verify(base::as_bytes("body"), phone.sign("body", phone.own.get()), kNow);
    REQUIRE_FALSE(stranger.ok());
    CHECK(stranger.error().kind == base::ErrorKind::unauthenticated);
    // Of another server's authority.
    Serial serial;
    serial.fill(5);
    const auto other =
        open_phone_authority(make_phone_authority(serial, kNow).value(), Weak::refused, dice, kNow).value();
    CHECK_FALSE(other->verify(base::as_bytes("body"), signature, kNow).ok());
    CHECK_FALSE(own->verify(base::as_bytes("body"), base::Bytes{1, 2, 3}, kNow).ok());
    CHECK_FALSE(own->verify(base::as_bytes("body"), {}, kNow).ok());
    base::Bytes longer = signature;
    longer.push_back(0);
    CHECK_FALSE(own->verify(base::as_bytes("body"), longer, kNow).ok());
    CHECK(own->verify(base::as_bytes("body"), base::Bytes(70'000, 0x30), kNow).error().kind ==
          base::ErrorKind::too_large);
}

TEST_CASE("what asks with another's key, for another kind of message, or by old algorithms is refused") {
    const auto own = authority();
    const Phone phone;
    const KeyPtr foreign(EVP_RSA_gen(2048));
    Phone::Wish wish;
    wish.signs = foreign.get();
    CHECK(own->open(phone.ask(*own, wish)).error().kind == base::ErrorKind::unauthenticated);
    wish = {};
    wish.type = "20";
    CHECK_FALSE(own->open(phone.ask(*own, wish)).ok());
    wish = {};
    wish.digest = EVP_sha1();
    const auto old = own->open(phone.ask(*own, wish));
    REQUIRE_FALSE(old.ok());
    CHECK(old.error().message.find("SHA-1") != std::string::npos);
    const KeyPtr small(EVP_RSA_gen(1024));
    wish = {};
    wish.signs = small.get();
    CHECK(own->open(phone.ask(*own, wish)).error().kind == base::ErrorKind::unauthenticated);
}

TEST_CASE("an older client is let in where that was switched on") {
    const auto bears = authority(Weak::borne);
    const auto strict = authority();
    CHECK(bears->bears_weak());
    // DES is made by a context of its own too.
    const ContextPtr context(OSSL_LIB_CTX_new());
    OSSL_PROVIDER* legacy = OSSL_PROVIDER_load(context.get(), "legacy");
    OSSL_PROVIDER* ordinary = OSSL_PROVIDER_load(context.get(), "default");
    REQUIRE(legacy);
    EVP_CIPHER* des = EVP_CIPHER_fetch(context.get(), "DES-CBC", nullptr);
    REQUIRE(des);
    const Phone phone;
    Phone::Wish wish;
    wish.digest = EVP_sha1();
    wish.cipher = des;
    wish.algorithms = context.get();
    const auto request = bears->open(phone.ask(*bears, wish));
    REQUIRE(request.ok());
    const auto issued = bears->issue(*request, kNow, kNow + hours(1));
    REQUIRE(issued.ok());
    CHECK(phone.taken(bears->granted(*request, issued->certificate).value()));
    wish.digest = EVP_sha256();
    const auto refused = strict->open(phone.ask(*strict, wish));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("DES") != std::string::npos);
    EVP_CIPHER_free(des);
    OSSL_PROVIDER_unload(legacy);
    OSSL_PROVIDER_unload(ordinary);
}

TEST_CASE("a refusal says which transaction, and why") {
    const auto own = authority();
    const Phone phone;
    const auto request = own->open(phone.ask(*own, {}));
    REQUIRE(request.ok());
    const auto answer = own->refused(*request, ports::PhoneAuthority::Refusal::bad_request);
    REQUIRE(answer.ok());
    const CmsPtr cms = read_cms(*answer).value();
    CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
    CHECK(attribute(signer, "2.16.840.1.113733.1.9.3", V_ASN1_PRINTABLESTRING) == "2");
    CHECK(attribute(signer, "2.16.840.1.113733.1.9.4", V_ASN1_PRINTABLESTRING) == "2");
    CHECK(attribute(signer, "2.16.840.1.113733.1.9.6", V_ASN1_OCTET_STRING) == "0123456789abcdef");
}
