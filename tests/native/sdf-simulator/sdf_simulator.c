/* A simulator of a cryptographic machine behind the C interface of GM/T 0018-2012, over OpenSSL's libcrypto: only the calls that Hufu's escrow driver uses.
   For tests: it keeps its key encryption key in a file, protects nothing, and says in its device information that it is a simulator.
   gcc -shared -fPIC -O2 -DFOLDER='"/where"' -o libsdf_simulator.so sdf_simulator.c -lcrypto          (-DECC_MAX_LEN=32 for the older layout)
   FOLDER/kek is its key encryption key; while FOLDER/fail holds the name of a call, that call answers SDR_HARDFAIL. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef FOLDER
#error "-DFOLDER is missing"
#endif
#ifndef ECC_MAX_LEN
#define ECC_MAX_LEN 64
#endif
#define SDR_OK 0
#define SDR_HARDFAIL 0x01000004
#define SDR_KEYNOTEXIST 0x01000008
#define SDR_ALGNOTSUPPORT 0x01000009
#define SDR_PKOPERR 0x0100000B
#define SDR_SYMOPERR 0x0100000F
#define SDR_ENCDATAERR 0x01000016
#define SDR_INARGERR 0x0100001D
#define SDR_NOBUFFER 0x0100001C
#define SGD_SM4_ECB 0x00000401u
#define SGD_SM4_CBC 0x00000402u
#define SGD_SM2 0x00020100u
#define SGD_SM2_3 0x00020800u

typedef struct { unsigned char IssuerName[40], DeviceName[16], DeviceSerial[16]; unsigned int DeviceVersion, StandardVersion, AsymAlgAbility[2], SymAlgAbility, HashAlgAbility, BufferSize; } DEVICEINFO;
typedef struct { unsigned int bits; unsigned char x[ECC_MAX_LEN], y[ECC_MAX_LEN]; } ECCrefPublicKey;
typedef struct { unsigned int bits; unsigned char K[ECC_MAX_LEN]; } ECCrefPrivateKey;
typedef struct { unsigned char x[ECC_MAX_LEN], y[ECC_MAX_LEN], M[32]; unsigned int L; unsigned char C[1]; } ECCCipher;
typedef struct { unsigned int mark; unsigned char kek[16]; } Device;
typedef struct { unsigned int mark; Device *device; } Session;
typedef struct { unsigned int mark; unsigned char key[16]; } Key;
#define DEVICE 0xDEF1CE01u
#define SESSION 0x5E551017u
#define KEY 0x4B455901u

static int failing(const char *name)
{
    char asked[64] = "";
    FILE *file = fopen(FOLDER "/fail", "r");
    if (file == NULL) return 0;
    if (fgets(asked, sizeof asked, file) == NULL) asked[0] = 0;
    fclose(file);
    return strcmp(asked, name) == 0;
}

#define ENTER(name, session) do { if ((session) == NULL || ((Session *)(session))->mark != SESSION) return SDR_INARGERR; if (failing(name)) return SDR_HARDFAIL; } while (0)

int SDF_OpenDevice(void **device)
{
    const char *path = FOLDER "/kek";
    Device *made;
    FILE *file;
    if (device == NULL) return SDR_INARGERR;
    if (failing("SDF_OpenDevice")) return SDR_HARDFAIL;
    made = calloc(1, sizeof *made);
    file = fopen(path, "rb");
    if (file == NULL) {
        RAND_bytes(made->kek, 16);
        file = fopen(path, "wb");
        if (file == NULL || fwrite(made->kek, 1, 16, file) != 16) { free(made); return SDR_HARDFAIL; }
    } else if (fread(made->kek, 1, 16, file) != 16) { fclose(file); free(made); return SDR_HARDFAIL; }
    fclose(file);
    made->mark = DEVICE;
    *device = made;
    return SDR_OK;
}

int SDF_CloseDevice(void *device)
{
    if (device == NULL || ((Device *)device)->mark != DEVICE) return SDR_INARGERR;
    OPENSSL_cleanse(device, sizeof(Device));
    free(device);
    return SDR_OK;
}

int SDF_OpenSession(void *device, void **session)
{
    Session *made;
    if (device == NULL || ((Device *)device)->mark != DEVICE || session == NULL) return SDR_INARGERR;
    if (failing("SDF_OpenSession")) return SDR_HARDFAIL;
    made = calloc(1, sizeof *made);
    made->mark = SESSION;
    made->device = device;
    *session = made;
    return SDR_OK;
}

int SDF_CloseSession(void *session)
{
    ENTER("SDF_CloseSession", session);
    ((Session *)session)->mark = 0;
    free(session);
    return SDR_OK;
}

int SDF_GetDeviceInfo(void *session, DEVICEINFO *info)
{
    ENTER("SDF_GetDeviceInfo", session);
    memset(info, 0, sizeof *info);
    memcpy(info->IssuerName, "Hufu tests: SIMULATOR, not a device", 35);
    memcpy(info->DeviceName, "SDF-SIMULATOR", 13);
    memcpy(info->DeviceSerial, "2026112200100001", 16);
    info->DeviceVersion = 1;
    info->StandardVersion = 1;
    info->AsymAlgAbility[0] = SGD_SM2 | SGD_SM2_3;
    info->AsymAlgAbility[1] = 256;
    info->SymAlgAbility = SGD_SM4_ECB | SGD_SM4_CBC;
    return SDR_OK;
}

int SDF_GenerateRandom(void *session, unsigned int length, unsigned char *random)
{
    ENTER("SDF_GenerateRandom", session);
    return RAND_bytes(random, (int)length) == 1 ? SDR_OK : SDR_HARDFAIL;
}

static int put(const BIGNUM *value, unsigned char field[ECC_MAX_LEN])
{
    memset(field, 0, ECC_MAX_LEN);
    return BN_bn2binpad(value, field + ECC_MAX_LEN - 32, 32) == 32;
}

int SDF_GenerateKeyPair_ECC(void *session, unsigned int algorithm, unsigned int bits, ECCrefPublicKey *open, ECCrefPrivateKey *secret)
{
    EVP_PKEY *pair;
    BIGNUM *x = NULL, *y = NULL, *d = NULL;
    int ok;
    ENTER("SDF_GenerateKeyPair_ECC", session);
    if (algorithm != SGD_SM2 || bits != 256) return SDR_ALGNOTSUPPORT;
    pair = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    if (pair == NULL) return SDR_PKOPERR;
    ok = EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_EC_PUB_X, &x) && EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_EC_PUB_Y, &y) && EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_PRIV_KEY, &d)
        && put(x, open->x) && put(y, open->y) && put(d, secret->K);
    open->bits = secret->bits = 256;
    BN_free(x);
    BN_free(y);
    BN_clear_free(d);
    EVP_PKEY_free(pair);
    return ok ? SDR_OK : SDR_PKOPERR;
}

/* SM4 without padding; the IV is moved on as hardware does. */
static int cipher(int encrypting, const unsigned char key[16], unsigned int algorithm, unsigned char *iv, const unsigned char *in, unsigned int length, unsigned char *out, unsigned int *written)
{
    EVP_CIPHER_CTX *context;
    int ok, first = 0, rest = 0;
    unsigned char last[16];
    if (algorithm != SGD_SM4_ECB && algorithm != SGD_SM4_CBC) return SDR_ALGNOTSUPPORT;
    if (length == 0 || length % 16 != 0 || in == NULL || out == NULL) return SDR_INARGERR;
    if (*written < length) return SDR_NOBUFFER;
    memcpy(last, in + length - 16, 16);
    context = EVP_CIPHER_CTX_new();
    ok = EVP_CipherInit_ex(context, algorithm == SGD_SM4_ECB ? EVP_sm4_ecb() : EVP_sm4_cbc(), NULL, key, iv, encrypting) && EVP_CIPHER_CTX_set_padding(context, 0)
        && EVP_CipherUpdate(context, out, &first, in, (int)length) && EVP_CipherFinal_ex(context, out + first, &rest);
    EVP_CIPHER_CTX_free(context);
    if (!ok) return SDR_SYMOPERR;
    *written = (unsigned int)(first + rest);
    if (algorithm == SGD_SM4_CBC) memcpy(iv, encrypting ? out + length - 16 : last, 16);
    return SDR_OK;
}

static Key *handle(const unsigned char bytes[16])
{
    Key *made = calloc(1, sizeof *made);
    made->mark = KEY;
    memcpy(made->key, bytes, 16);
    return made;
}

/* A wrapped key: the key and its check value (sixteen zeros under it), both under the key encryption key of that index. */
static void kek_of(const Device *device, unsigned int index, unsigned char kek[16])
{
    memcpy(kek, device->kek, 16);
    kek[15] ^= (unsigned char)index;
}

int SDF_GenerateKeyWithKEK(void *session, unsigned int bits, unsigned int algorithm, unsigned int index, unsigned char *wrapped, unsigned int *length, void **key)
{
    unsigned char plain[32], kek[16];
    unsigned int size = 16;
    static const unsigned char zeros[16];
    int result;
    ENTER("SDF_GenerateKeyWithKEK", session);
    if (bits != 128 || index < 1 || index > 8) return SDR_INARGERR;
    if (algorithm != SGD_SM4_ECB) return SDR_ALGNOTSUPPORT;
    if (*length < 32) return SDR_NOBUFFER;
    kek_of(((Session *)session)->device, index, kek);
    RAND_bytes(plain, 16);
    result = cipher(1, plain, SGD_SM4_ECB, NULL, zeros, 16, plain + 16, &size);
    if (result == SDR_OK) result = cipher(1, kek, SGD_SM4_ECB, NULL, plain, 32, wrapped, length);
    if (result == SDR_OK) *key = handle(plain);
    OPENSSL_cleanse(plain, sizeof plain);
    return result;
}

int SDF_ImportKeyWithKEK(void *session, unsigned int algorithm, unsigned int index, unsigned char *wrapped, unsigned int length, void **key)
{
    unsigned char plain[32], kek[16], check[16];
    unsigned int size = 32, checked = 16;
    static const unsigned char zeros[16];
    ENTER("SDF_ImportKeyWithKEK", session);
    if (algorithm != SGD_SM4_ECB) return SDR_ALGNOTSUPPORT;
    if (length != 32) return SDR_ENCDATAERR;
    kek_of(((Session *)session)->device, index, kek);
    if (cipher(0, kek, SGD_SM4_ECB, NULL, wrapped, 32, plain, &size) != SDR_OK || cipher(1, plain, SGD_SM4_ECB, NULL, zeros, 16, check, &checked) != SDR_OK) return SDR_SYMOPERR;
    if (memcmp(check, plain + 16, 16) != 0) return SDR_ENCDATAERR;
    *key = handle(plain);
    OPENSSL_cleanse(plain, sizeof plain);
    return SDR_OK;
}

int SDF_DestroyKey(void *session, void *key)
{
    ENTER("SDF_DestroyKey", session);
    if (key == NULL || ((Key *)key)->mark != KEY) return SDR_KEYNOTEXIST;
    OPENSSL_cleanse(key, sizeof(Key));
    free(key);
    return SDR_OK;
}

static EVP_PKEY *recipient(const ECCrefPublicKey *open)
{
    unsigned char point[65];
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;
    point[0] = 4;
    memcpy(point + 1, open->x + ECC_MAX_LEN - 32, 32);
    memcpy(point + 33, open->y + ECC_MAX_LEN - 32, 32);
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    params = OSSL_PARAM_BLD_to_param(builder);
    if (EVP_PKEY_fromdata_init(context) != 1 || EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) key = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* One DER element of SM2Cipher: INTEGER into the last 32 bytes of a field, OCTET STRING as it is. */
static const unsigned char *element(const unsigned char *at, unsigned char tag, unsigned char *to, unsigned int size)
{
    unsigned int length = at[1];
    const unsigned char *value = at + 2;
    if (at[0] != tag || length > 127) return NULL;
    while (tag == 2 && length > size) { value++; length--; }
    if (length > size) return NULL;
    memset(to, 0, size);
    memcpy(to + size - length, value, length);
    return value + length;
}

int SDF_GenerateKeyWithEPK_ECC(void *session, unsigned int bits, unsigned int algorithm, ECCrefPublicKey *open, ECCCipher *enveloped, void **key)
{
    unsigned char plain[16], der[512];
    size_t length = sizeof der;
    EVP_PKEY *to;
    EVP_PKEY_CTX *context;
    const unsigned char *at;
    int ok;
    ENTER("SDF_GenerateKeyWithEPK_ECC", session);
    if (bits != 128 || algorithm != SGD_SM2_3 || open->bits != 256) return SDR_ALGNOTSUPPORT;
    to = recipient(open);
    if (to == NULL) return SDR_PKOPERR;
    RAND_bytes(plain, 16);
    context = EVP_PKEY_CTX_new(to, NULL);
    ok = EVP_PKEY_encrypt_init(context) == 1 && EVP_PKEY_encrypt(context, der, &length, plain, 16) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(to);
    if (!ok) return SDR_PKOPERR;
    memset(enveloped, 0, 2 * ECC_MAX_LEN);
    at = der[1] < 0x80 ? der + 2 : der + 3;
    at = element(at, 2, enveloped->x + ECC_MAX_LEN - 32, 32);
    if (at != NULL) at = element(at, 2, enveloped->y + ECC_MAX_LEN - 32, 32);
    if (at != NULL) at = element(at, 4, enveloped->M, 32);
    if (at != NULL) at = element(at, 4, enveloped->C, 16);
    enveloped->L = 16;
    if (at == NULL) return SDR_PKOPERR;
    *key = handle(plain);
    OPENSSL_cleanse(plain, sizeof plain);
    return SDR_OK;
}

int SDF_Encrypt(void *session, void *key, unsigned int algorithm, unsigned char *iv, unsigned char *in, unsigned int length, unsigned char *out, unsigned int *written)
{
    ENTER("SDF_Encrypt", session);
    if (key == NULL || ((Key *)key)->mark != KEY) return SDR_KEYNOTEXIST;
    return cipher(1, ((Key *)key)->key, algorithm, iv, in, length, out, written);
}

int SDF_Decrypt(void *session, void *key, unsigned int algorithm, unsigned char *iv, unsigned char *in, unsigned int length, unsigned char *out, unsigned int *written)
{
    ENTER("SDF_Decrypt", session);
    if (key == NULL || ((Key *)key)->mark != KEY) return SDR_KEYNOTEXIST;
    return cipher(0, ((Key *)key)->key, algorithm, iv, in, length, out, written);
}
