using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ra.Applications;

/// <summary>An application's data lies sealed at rest (SM4-GCM in the room's device, bound to the application's number).</summary>
internal static class SealedFields
{
    public static byte[] Seal(IDataCipher cipher, string application, IReadOnlyDictionary<string, string> fields) =>
        cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(fields, ContractJson.Options), Encoding.ASCII.GetBytes(application));

    public static Dictionary<string, string> Open(IDataCipher cipher, ApplicationRow row) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(cipher.Open(row.Fields, Encoding.ASCII.GetBytes(row.Id)), ContractJson.Options)!;
}
