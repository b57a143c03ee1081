using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Hufu.Devices;
using Hufu.Devices.Pkcs11;
using Hufu.Kernel.Tests.Pki;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

/// <summary>The PKCS#11 driver against SoftHSM 2, in a folder of its own.</summary>
public sealed partial class Pkcs11Tests(Pkcs11Tests.SoftHsm hsm) : IClassFixture<Pkcs11Tests.SoftHsm>
{
    private const string Library = "/usr/lib/softhsm/libsofthsm2.so", Pin = "123456";

    public sealed partial class SoftHsm : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public SoftHsm()
        {
            Assert.True(File.Exists(Library), "softhsm2 is installed by ./test");
            Directory.CreateDirectory(_folder["tokens"]);
            File.WriteAllText(_folder["softhsm2.conf"], $"directories.tokendir = {_folder["tokens"]}\nobjectstore.backend = file\nlog.level = ERROR\n");
            // The library reads its own environment, which is not the runtime's copy.
            Assert.Equal(0, SetEnvironment("SOFTHSM2_CONF", _folder["softhsm2.conf"], 1));
            Initialise("hufu");
            Initialise("other");
        }

        public void Dispose() => _folder.Dispose();

        private void Initialise(string label)
        {
            ProcessStartInfo start = new("softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", Pin]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["SOFTHSM2_CONF"] = _folder["softhsm2.conf"];
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
        }

        [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int SetEnvironment(string name, string value, int overwrite);
    }

    private static Pkcs11Device Open(string token = "hufu", string pin = Pin) => Pkcs11Device.Open(Library, token, pin);

    [Fact]
    public void A_pair_is_made_found_signs_and_is_destroyed()
    {
        Assert.NotNull(hsm);
        using Pkcs11Device device = Open();
        SubjectPublicKeyInfo key = device.GenerateKeyPair("transport-ca");
        Assert.True(key.IsP256 && key.IsOnCurve);
        Assert.True(device.Contains("transport-ca"));
        Assert.Contains("transport-ca", device.Labels);
        Assert.Equal(key, device.PublicKeyOf("transport-ca"));
        IDigestSigner signer = device.GetSigner("transport-ca");
        Assert.True(key.Verify(signer.Algorithm, "data"u8, signer.Sign("data"u8)));
        Assert.False(key.Verify(signer.Algorithm, "other"u8, signer.Sign("data"u8)));
        Assert.Equal(DeviceError.KeyExists, Error(() => device.GenerateKeyPair("transport-ca")));
        device.Destroy("transport-ca");
        Assert.False(device.Contains("transport-ca"));
        Assert.Equal(DeviceError.KeyMissing, Error(() => device.GetSigner("transport-ca")));
        Assert.Equal(DeviceError.KeyMissing, Error(() => device.Destroy("transport-ca")));
        Assert.ThrowsAny<DeviceException>(() => signer.Sign("data"u8));
        Assert.Equal(DeviceError.LabelUnfit, Error(() => device.GenerateKeyPair("Not Ours")));
    }

    [Fact]
    public void A_pair_is_there_again_after_closing_and_signs_certificates_that_OpenSSL_verifies()
    {
        SubjectPublicKeyInfo key;
        using (Pkcs11Device device = Open())
        {
            key = device.GenerateKeyPair("root-1");
        }

        using Pkcs11Device again = Open();
        ISigner signer = again.GetSigner("root-1");
        Certificate root = Certificate.Sign(TestPki.Tbs("C=CN, O=虎符, CN=Token Root", key, null, TestPki.Authority(null)) with { Signature = signer.Algorithm }, signer);
        using EcdsaKeyPair server = EcdsaKeyPair.Generate();
        Certificate leaf = Certificate.Sign(TestPki.Tbs("C=CN, O=虎符, CN=x", server.PublicKey, root, TestPki.EndEntity(KeyUsages.Signing)) with { Signature = signer.Algorithm }, signer);
        using OpenSsl openssl = new();
        openssl.Write("root.pem", Encoding.ASCII.GetBytes(root.ToPem()));
        openssl.Write("leaf.pem", Encoding.ASCII.GetBytes(leaf.ToPem()));
        Assert.Contains("leaf.pem: OK", openssl.Run("verify", "-attime", TestPki.Now.ToUnixTimeSeconds().ToString(), "-trusted", "root.pem", "leaf.pem").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_sessions_of_one_token_sign_side_by_side_and_close_alone()
    {
        using Pkcs11Device first = Open();
        SubjectPublicKeyInfo key = first.GenerateKeyPair("two-sessions");
        ISigner one = first.GetSigner("two-sessions"), other;
        using (Pkcs11Device second = Open())
        {
            other = second.GetSigner("two-sessions");
            Parallel.For(0, 64, i =>
            {
                byte[] data = BitConverter.GetBytes(i);
                ISigner signer = i % 2 == 0 ? one : other;
                Assert.True(key.Verify(signer.Algorithm, data, signer.Sign(data)));
            });
        }

        Assert.Equal(DeviceError.Deactivated, Error(() => other.Sign("x"u8)));
        Assert.True(key.Verify(one.Algorithm, "x"u8, one.Sign("x"u8)));
    }

    [Fact]
    public void Tokens_are_told_apart()
    {
        using Pkcs11Device device = Open(), other = Open("other");
        device.GenerateKeyPair("only-here");
        Assert.False(other.Contains("only-here"));
    }

    [Fact]
    public void A_wrong_PIN_is_refused_also_while_somebody_is_signed_in()
    {
        Assert.Equal(DeviceError.PinIncorrect, Error(() => Open("other", "654321")));
        using (Open("other"))
        {
            Assert.Equal(DeviceError.PinIncorrect, Error(() => Open("other", "654321")));
            Assert.Equal(DeviceError.PinIncorrect, Error(() => Open("other", "")));
            Open("other").Dispose();
        }

        Assert.Equal(DeviceError.PinIncorrect, Error(() => Open("other", "654321")));
    }

    [Fact]
    public void A_missing_library_or_token_is_said_in_words()
    {
        Assert.Contains("missing", Assert.Throws<DeviceException>(() => Pkcs11Device.Open("/nowhere/lib.so", "hufu", Pin)).Message, StringComparison.Ordinal);
        Assert.Equal(DeviceError.Driver, Error(() => Pkcs11Device.Open("libc.so.6", "hufu", Pin)));
        Assert.Equal(DeviceError.DeviceMissing, Error(() => Open("nobody")));
    }

    [Fact]
    public void A_closed_device_is_deactivated()
    {
        Pkcs11Device device = Open();
        device.Dispose();
        device.Dispose();
        Assert.Equal(DeviceError.Deactivated, Error(() => device.Contains("x")));
    }

    private static DeviceError Error(Action action) => Assert.Throws<DeviceException>(action).Error;
}
