/* A simulator of a person's token behind the C interface of GM/T 0016-2012, over OpenSSL's libcrypto: only the calls that Hufu's driver uses.
   For tests: it keeps its keys in files, protects nothing, and says in its device information that it is a simulator.
   gcc -shared -fPIC -O2 -DFOLDER='"/where"' -o libskf_simulator.so skf_simulator.c -lcrypto
   FOLDER/pin is the user's PIN (first use: 123456), FOLDER/tries the tries left of six; FOLDER/c-NAME/ a container with sign, enc (private keys), sign.cer, enc.cer;
   while FOLDER/absent exists the token is pulled out; while FOLDER/fail holds the name of a call, that call answers SAR_FAIL; while FOLDER/weird exists, a pulled token answers SAR_FAIL
   instead of SAR_DEVICE_REMOVEDERR, as some makers' do; FOLDER/first: an enveloped private key is looked for in the first 32 bytes. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef FOLDER
#error "-DFOLDER is missing"
#endif
typedef unsigned int ULONG;
typedef unsigned char BYTE;
typedef int BOOL;
typedef char *LPSTR;
typedef void *HANDLE;
#define SAR_OK 0u
#define SAR_FAIL 0x0A000001u
#define SAR_INVALIDHANDLEERR 0x0A000005u
#define SAR_INVALIDPARAMERR 0x0A000006u
#define SAR_INDATALENERR 0x0A000010u
#define SAR_INDATAERR 0x0A000011u
#define SAR_KEYNOTFOUNTERR 0x0A00001Bu
#define SAR_CERTNOTFOUNTERR 0x0A00001Cu
#define SAR_BUFFER_TOO_SMALL 0x0A000020u
#define SAR_DEVICE_REMOVED 0x0A000023u
#define SAR_PIN_INCORRECT 0x0A000024u
#define SAR_PIN_LOCKED 0x0A000025u
#define SAR_PIN_LEN_RANGE 0x0A000027u
#define SAR_USER_NOT_LOGGED_IN 0x0A00002Du
#define SAR_APPLICATION_NOT_EXISTS 0x0A00002Eu
#define SGD_SM2_1 0x00020200u
#define SGD_SMS4_ECB 0x00000401u
#define TRIES 6
#define NAME "SKF-SIMULATOR 0"
#define APPLICATION "HUFU-TEST"

#pragma pack(1)
typedef struct { BYTE major, minor; } VERSION;
typedef struct { VERSION Version; char Manufacturer[64], Issuer[64], Label[32], SerialNumber[32]; VERSION HWVersion, FirmwareVersion; ULONG caps[8]; BYTE Reserved[64]; } DEVINFO;
typedef struct { ULONG BitLen; BYTE X[64], Y[64]; } ECCPUBLICKEYBLOB;
typedef struct { BYTE X[64], Y[64], HASH[32]; ULONG CipherLen; BYTE Cipher[1]; } ECCCIPHERBLOB;
typedef struct { BYTE r[64], s[64]; } ECCSIGNATUREBLOB;
typedef struct { ULONG Version, SymmAlgID, Bits; BYTE cbEncryptedPriKey[64]; ECCPUBLICKEYBLOB PubKey; ECCCIPHERBLOB ECCCipherBlob; } ENVELOPEDKEYBLOB;
#pragma pack()
typedef struct { ULONG mark; int generation; } Device;
typedef struct { ULONG mark; Device *device; int open; } Application;
typedef struct { ULONG mark; Application *application; char name[65]; } Container;
#define DEVICE 0xDEF1CE02u
#define APP 0xA9911CA7u
#define CONTAINER 0xC0174143u

static int there(const char *name) { return access(name, F_OK) == 0; }

static int failing(const char *name)
{
    char asked[64] = "";
    FILE *file = fopen(FOLDER "/fail", "r");
    if (file == NULL) return 0;
    if (fgets(asked, sizeof asked, file) == NULL) asked[0] = 0;
    fclose(file);
    return strcmp(asked, name) == 0;
}

static ULONG gone(void) { return !there(FOLDER "/absent") ? SAR_OK : there(FOLDER "/weird") ? SAR_FAIL : SAR_DEVICE_REMOVED; }

#define ENTER(name, handle, type, kind) do { if ((handle) == NULL || ((type *)(handle))->mark != kind) return SAR_INVALIDHANDLEERR; if (failing(name)) return SAR_FAIL; if (gone() != SAR_OK) return gone(); } while (0)
#define OPENED(application) do { if (!((Application *)(application))->open) return SAR_USER_NOT_LOGGED_IN; } while (0)

static ULONG load(const char *path, BYTE *to, ULONG *size)
{
    FILE *file = fopen(path, "rb");
    ULONG length;
    if (file == NULL) return SAR_CERTNOTFOUNTERR;
    fseek(file, 0, SEEK_END);
    length = (ULONG)ftell(file);
    rewind(file);
    if (to == NULL) { *size = length; fclose(file); return SAR_OK; }
    if (*size < length) { *size = length; fclose(file); return SAR_BUFFER_TOO_SMALL; }
    *size = (ULONG)fread(to, 1, length, file);
    fclose(file);
    return SAR_OK;
}

static ULONG save(const char *path, const BYTE *from, ULONG size)
{
    FILE *file = fopen(path, "wb");
    int ok = file != NULL && fwrite(from, 1, size, file) == size;
    if (file != NULL) fclose(file);
    return ok ? SAR_OK : SAR_FAIL;
}

static int tries(void)
{
    BYTE text[2] = "";
    ULONG size = 1;
    return load(FOLDER "/tries", text, &size) == SAR_OK ? text[0] - '0' : TRIES;
}

static void set_tries(int left) { BYTE text = (BYTE)('0' + left); save(FOLDER "/tries", &text, 1); }

static ULONG answer_list(const BYTE *list, ULONG length, LPSTR to, ULONG *size)
{
    if (to != NULL && *size < length) { *size = length; return SAR_BUFFER_TOO_SMALL; }
    *size = length;
    if (to != NULL) memcpy(to, list, length);
    return SAR_OK;
}

ULONG SKF_EnumDev(BOOL present, LPSTR names, ULONG *size)
{
    static const BYTE list[] = NAME "\0";
    static const BYTE none[] = "\0";
    if (size == NULL) return SAR_INVALIDPARAMERR;
    if (failing("SKF_EnumDev")) return SAR_FAIL;
    return present && there(FOLDER "/absent") ? answer_list(none, 2, names, size) : answer_list(list, sizeof list, names, size);
}

ULONG SKF_ConnectDev(LPSTR name, HANDLE *device)
{
    Device *made;
    if (name == NULL || device == NULL || strcmp(name, NAME) != 0) return SAR_INVALIDPARAMERR;
    if (failing("SKF_ConnectDev")) return SAR_FAIL;
    if (gone() != SAR_OK) return gone();
    made = calloc(1, sizeof *made);
    made->mark = DEVICE;
    *device = made;
    return SAR_OK;
}

ULONG SKF_DisConnectDev(HANDLE device)
{
    if (device == NULL || ((Device *)device)->mark != DEVICE) return SAR_INVALIDHANDLEERR;
    ((Device *)device)->mark = 0;
    free(device);
    return SAR_OK;
}

ULONG SKF_GetDevInfo(HANDLE device, DEVINFO *info)
{
    ENTER("SKF_GetDevInfo", device, Device, DEVICE);
    memset(info, 0, sizeof *info);
    info->Version.major = 1;
    strcpy(info->Manufacturer, "Hufu tests: SIMULATOR, not a token");
    strcpy(info->Label, "SKF simulator");
    strcpy(info->SerialNumber, "2026112200100001");
    return SAR_OK;
}

ULONG SKF_EnumApplication(HANDLE device, LPSTR names, ULONG *size)
{
    static const BYTE list[] = APPLICATION "\0";
    ENTER("SKF_EnumApplication", device, Device, DEVICE);
    return answer_list(list, sizeof list, names, size);
}

ULONG SKF_OpenApplication(HANDLE device, LPSTR name, HANDLE *application)
{
    Application *made;
    ENTER("SKF_OpenApplication", device, Device, DEVICE);
    if (strcmp(name, APPLICATION) != 0) return SAR_APPLICATION_NOT_EXISTS;
    made = calloc(1, sizeof *made);
    made->mark = APP;
    made->device = device;
    *application = made;
    return SAR_OK;
}

ULONG SKF_CloseApplication(HANDLE application)
{
    if (application == NULL || ((Application *)application)->mark != APP) return SAR_INVALIDHANDLEERR;
    ((Application *)application)->mark = 0;
    free(application);
    return SAR_OK;
}

ULONG SKF_GetPINInfo(HANDLE application, ULONG type, ULONG *most, ULONG *left, BOOL *first)
{
    ENTER("SKF_GetPINInfo", application, Application, APP);
    if (type != 1) return SAR_INVALIDPARAMERR;
    *most = TRIES;
    *left = (ULONG)tries();
    *first = !there(FOLDER "/pin");
    return SAR_OK;
}

ULONG SKF_VerifyPIN(HANDLE application, ULONG type, LPSTR pin, ULONG *left)
{
    BYTE kept[65] = "123456";
    ULONG size = 64;
    int now = tries();
    ENTER("SKF_VerifyPIN", application, Application, APP);
    if (type != 1) return SAR_INVALIDPARAMERR;
    if (now == 0) { *left = 0; return SAR_PIN_LOCKED; }
    if (strlen(pin) < 6 || strlen(pin) > 16) return SAR_PIN_LEN_RANGE;
    if (load(FOLDER "/pin", kept, &size) == SAR_OK) kept[size] = 0;
    ((Application *)application)->open = 0;
    if (strcmp((char *)kept, pin) != 0) { set_tries(now - 1); *left = (ULONG)(now - 1); return SAR_PIN_INCORRECT; }
    set_tries(TRIES);
    *left = TRIES;
    ((Application *)application)->open = 1;
    return SAR_OK;
}

ULONG SKF_ClearSecureState(HANDLE application)
{
    ENTER("SKF_ClearSecureState", application, Application, APP);
    ((Application *)application)->open = 0;
    return SAR_OK;
}

ULONG SKF_EnumContainer(HANDLE application, LPSTR names, ULONG *size)
{
    BYTE list[4096];
    ULONG length = 0;
    DIR *folder;
    struct dirent *entry;
    ENTER("SKF_EnumContainer", application, Application, APP);
    folder = opendir(FOLDER);
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (strncmp(entry->d_name, "c-", 2) == 0 && length + strlen(entry->d_name) < sizeof list - 2) {
            strcpy((char *)list + length, entry->d_name + 2);
            length += (ULONG)strlen(entry->d_name + 2) + 1;
        }
    if (folder != NULL) closedir(folder);
    if (length == 0) list[length++] = 0;
    list[length++] = 0;
    return answer_list(list, length, names, size);
}

static void path_of(const Container *container, const char *item, char path[512]) { snprintf(path, 512, FOLDER "/c-%s/%s", container->name, item); }

static ULONG container_of(Application *application, const char *name, HANDLE *container)
{
    Container *made = calloc(1, sizeof *made);
    made->mark = CONTAINER;
    made->application = application;
    snprintf(made->name, sizeof made->name, "%s", name);
    *container = made;
    return SAR_OK;
}

ULONG SKF_CreateContainer(HANDLE application, LPSTR name, HANDLE *container)
{
    char path[512];
    ENTER("SKF_CreateContainer", application, Application, APP);
    OPENED(application);
    snprintf(path, sizeof path, FOLDER "/c-%s", name);
    if (strchr(name, '/') != NULL || mkdir(path, 0700) != 0) return SAR_FAIL;
    return container_of(application, name, container);
}

ULONG SKF_DeleteContainer(HANDLE application, LPSTR name)
{
    static const char *items[] = { "/sign", "/enc", "/sign.cer", "/enc.cer", "" };
    char path[512];
    ENTER("SKF_DeleteContainer", application, Application, APP);
    OPENED(application);
    for (int i = 0; i < 5; i++) { snprintf(path, sizeof path, FOLDER "/c-%s%s", name, items[i]); remove(path); }
    return SAR_OK;
}

ULONG SKF_OpenContainer(HANDLE application, LPSTR name, HANDLE *container)
{
    char path[512];
    ENTER("SKF_OpenContainer", application, Application, APP);
    snprintf(path, sizeof path, FOLDER "/c-%s", name);
    return there(path) ? container_of(application, name, container) : SAR_INVALIDPARAMERR;
}

ULONG SKF_CloseContainer(HANDLE container)
{
    if (container == NULL || ((Container *)container)->mark != CONTAINER) return SAR_INVALIDHANDLEERR;
    ((Container *)container)->mark = 0;
    free(container);
    return SAR_OK;
}

/* The pair of a private key of 32 bytes; its public half in X, Y. */
static EVP_PKEY *pair_of(const BYTE d[32], ECCPUBLICKEYBLOB *open)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *number = BN_bin2bn(d, 32, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;
    BYTE encoded[65];
    EC_POINT_mul(group, point, number, NULL, NULL, NULL);
    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, encoded, sizeof encoded, NULL);
    memset(open, 0, sizeof *open);
    open->BitLen = 256;
    memcpy(open->X + 32, encoded + 1, 32);
    memcpy(open->Y + 32, encoded + 33, 32);
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number);
    params = OSSL_PARAM_BLD_to_param(builder);
    if (EVP_PKEY_fromdata_init(context) != 1 || EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params) != 1) key = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *own(const Container *container, const char *item, ECCPUBLICKEYBLOB *open)
{
    char path[512];
    BYTE d[32];
    ULONG size = 32;
    path_of(container, item, path);
    return load(path, d, &size) == SAR_OK && size == 32 ? pair_of(d, open) : NULL;
}

ULONG SKF_GenECCKeyPair(HANDLE container, ULONG algorithm, ECCPUBLICKEYBLOB *open)
{
    char path[512];
    EVP_PKEY *pair;
    BIGNUM *number = NULL;
    BYTE d[32];
    ENTER("SKF_GenECCKeyPair", container, Container, CONTAINER);
    OPENED(((Container *)container)->application);
    if (algorithm != SGD_SM2_1) return SAR_INVALIDPARAMERR;
    pair = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    if (pair == NULL || !EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_PRIV_KEY, &number)) return SAR_FAIL;
    BN_bn2binpad(number, d, 32);
    BN_clear_free(number);
    EVP_PKEY_free(pair);
    path_of(container, "sign", path);
    pair = pair_of(d, open);
    EVP_PKEY_free(pair);
    return save(path, d, 32);
}

ULONG SKF_ExportPublicKey(HANDLE container, BOOL signing, BYTE *blob, ULONG *size)
{
    ECCPUBLICKEYBLOB open;
    EVP_PKEY *pair;
    ENTER("SKF_ExportPublicKey", container, Container, CONTAINER);
    pair = own(container, signing ? "sign" : "enc", &open);
    if (pair == NULL) return SAR_KEYNOTFOUNTERR;
    EVP_PKEY_free(pair);
    if (blob != NULL && *size < sizeof open) { *size = sizeof open; return SAR_BUFFER_TOO_SMALL; }
    *size = sizeof open;
    if (blob != NULL) memcpy(blob, &open, sizeof open);
    return SAR_OK;
}

/* One DER INTEGER into the last 32 bytes of 64. */
static const BYTE *integer(const BYTE *at, BYTE to[64])
{
    unsigned length = at[1];
    const BYTE *value = at + 2;
    if (at[0] != 2 || length > 33) return NULL;
    while (length > 32) { value++; length--; }
    memset(to, 0, 64);
    memcpy(to + 64 - length, value, length);
    return value + length;
}

ULONG SKF_ECCSignData(HANDLE container, BYTE *digest, ULONG length, ECCSIGNATUREBLOB *signature)
{
    ECCPUBLICKEYBLOB open;
    EVP_PKEY *pair;
    EVP_PKEY_CTX *context;
    BYTE der[128];
    size_t size = sizeof der;
    const BYTE *at;
    int ok;
    ENTER("SKF_ECCSignData", container, Container, CONTAINER);
    OPENED(((Container *)container)->application);
    if (length != 32) return SAR_INDATALENERR;
    pair = own(container, "sign", &open);
    if (pair == NULL) return SAR_KEYNOTFOUNTERR;
    context = EVP_PKEY_CTX_new(pair, NULL);
    ok = EVP_PKEY_sign_init(context) == 1 && EVP_PKEY_sign(context, der, &size, digest, 32) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pair);
    if (!ok) return SAR_FAIL;
    at = integer(der + 2, signature->r);
    return at != NULL && integer(at, signature->s) != NULL ? SAR_OK : SAR_FAIL;
}

static BYTE *put(BYTE *at, const BYTE *value, BYTE tag, unsigned length)
{
    unsigned pad;
    while (tag == 2 && length > 1 && *value == 0) { value++; length--; }
    pad = tag == 2 && (*value & 0x80) ? 1 : 0;
    *at++ = tag;
    *at++ = (BYTE)(length + pad);
    if (pad) *at++ = 0;
    memcpy(at, value, length);
    return at + length;
}

ULONG SKF_ImportECCKeyPair(HANDLE container, ENVELOPEDKEYBLOB *blob)
{
    char path[512];
    BYTE inner[256], der[260], key[64], plain[64];
    BYTE *end;
    ECCPUBLICKEYBLOB open;
    EVP_PKEY *pair;
    EVP_PKEY_CTX *context;
    EVP_CIPHER_CTX *cipher;
    size_t size = sizeof key;
    int ok, written = 0, at = there(FOLDER "/first") ? 0 : 32;
    ENTER("SKF_ImportECCKeyPair", container, Container, CONTAINER);
    OPENED(((Container *)container)->application);
    if (blob->Version != 1 || blob->SymmAlgID != SGD_SMS4_ECB || blob->Bits != 256 || blob->ECCCipherBlob.CipherLen != 16) return SAR_INVALIDPARAMERR;
    end = put(inner, blob->ECCCipherBlob.X + 32, 2, 32);
    end = put(end, blob->ECCCipherBlob.Y + 32, 2, 32);
    end = put(end, blob->ECCCipherBlob.HASH, 4, 32);
    end = put(end, blob->ECCCipherBlob.Cipher, 4, 16);
    der[0] = 0x30;
    der[1] = (BYTE)(end - inner);
    memcpy(der + 2, inner, (size_t)(end - inner));
    if (end - inner > 127) { der[1] = 0x81; der[2] = (BYTE)(end - inner); memcpy(der + 3, inner, (size_t)(end - inner)); }
    pair = own(container, "sign", &open);
    if (pair == NULL) return SAR_KEYNOTFOUNTERR;
    context = EVP_PKEY_CTX_new(pair, NULL);
    ok = EVP_PKEY_decrypt_init(context) == 1 && EVP_PKEY_decrypt(context, key, &size, der, (size_t)(end - inner) + (der[1] == 0x81 ? 3 : 2)) == 1 && size == 16;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pair);
    if (!ok) return SAR_INDATAERR;
    cipher = EVP_CIPHER_CTX_new();
    ok = EVP_DecryptInit_ex(cipher, EVP_sm4_ecb(), NULL, key, NULL) && EVP_CIPHER_CTX_set_padding(cipher, 0) && EVP_DecryptUpdate(cipher, plain, &written, blob->cbEncryptedPriKey, 64);
    EVP_CIPHER_CTX_free(cipher);
    if (!ok || written != 64) return SAR_FAIL;
    pair = pair_of(plain + at, &open);
    EVP_PKEY_free(pair);
    if (memcmp(&open, &blob->PubKey, sizeof open) != 0) return SAR_INDATAERR;
    path_of(container, "enc", path);
    return save(path, plain + at, 32);
}

ULONG SKF_ImportCertificate(HANDLE container, BOOL signing, BYTE *der, ULONG size)
{
    char path[512];
    ENTER("SKF_ImportCertificate", container, Container, CONTAINER);
    OPENED(((Container *)container)->application);
    path_of(container, signing ? "sign.cer" : "enc.cer", path);
    return save(path, der, size);
}

ULONG SKF_ExportCertificate(HANDLE container, BOOL signing, BYTE *der, ULONG *size)
{
    char path[512];
    ENTER("SKF_ExportCertificate", container, Container, CONTAINER);
    path_of(container, signing ? "sign.cer" : "enc.cer", path);
    return load(path, der, size);
}
