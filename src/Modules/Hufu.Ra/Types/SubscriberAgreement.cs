using System.Reflection;
using System.Text;
using Hufu.Contracts;

namespace Hufu.Ra.Types;

/// <summary>订户协议: the text in force, embedded; its version and digest are recorded with every application (6.2.1.3-b, 7.2.6-a).</summary>
internal sealed class SubscriberAgreement
{
    private SubscriberAgreement(string version, string text) => InForce = new Agreement(version, ActStatement.Digest(Encoding.UTF8.GetBytes(text)), text);

    /// <summary>The agreement as it is published.</summary>
    public Agreement InForce { get; }

    public static SubscriberAgreement Load(string version)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("agreement.txt")
            ?? throw new InvalidOperationException("The subscriber agreement is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new SubscriberAgreement(version, reader.ReadToEnd());
    }

    /// <summary>Refuses unless this very version was expressly accepted.</summary>
    [Clause("7.2.6-a")]
    [Clause("6.2.1.3-b")]
    public void MustBeAccepted(string version, bool accepted)
    {
        if (!accepted || version != InForce.Version)
        {
            throw new RefusedException(RefusalCode.AgreementMissing, $"The version in force is {InForce.Version}.", "agreementVersion");
        }
    }
}
