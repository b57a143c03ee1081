using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Hufu.Architecture.Tests.Reading;

/// <summary>What a built assembly's metadata says; nothing is loaded or run.</summary>
internal sealed class BuiltAssembly
{
    private static readonly Dictionary<string, BuiltAssembly> Read = [];

    private BuiltAssembly(string file)
    {
        using PEReader image = new(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        Location = file;
        References = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        ForeignTypes = [.. metadata.TypeReferences.Select(handle => FullName(metadata, metadata.GetTypeReference(handle)))];
        ForeignMembers = [.. metadata.MemberReferences.Select(handle => metadata.GetMemberReference(handle))
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{FullName(metadata, metadata.GetTypeReference((TypeReferenceHandle)member.Parent))}.{metadata.GetString(member.Name)}")];
        GenericCalls = [.. Enumerable.Range(1, metadata.GetTableRowCount(TableIndex.MethodSpec))
            .Select(row => GenericCall(metadata, metadata.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row))))];
        Strings = ReadStrings(metadata);
        Types = [.. metadata.TypeDefinitions.Select(handle => DeclaredType.Read(metadata, metadata.GetTypeDefinition(handle)))
            .Where(type => !type.Name.StartsWith('<'))];
    }

    /// <summary>Generic methods that it calls, with the name of their first type argument: <c>Handle</c>, <c>IssuePair</c>.</summary>
    public IReadOnlyList<(string Method, string Argument)> GenericCalls { get; }

    /// <summary>String literals of its code.</summary>
    public IReadOnlySet<string> Strings { get; }

    /// <summary>Path of the file that was read.</summary>
    public string Location { get; }

    public IReadOnlyList<string> References { get; }

    /// <summary>Full names of the types of other assemblies that this one names.</summary>
    public IReadOnlyList<string> ForeignTypes { get; }

    /// <summary>Members of such types: <c>System.DateTime.get_UtcNow</c>.</summary>
    public IReadOnlyList<string> ForeignMembers { get; }

    /// <summary>Its own types, without what the compiler made up.</summary>
    public IReadOnlyList<DeclaredType> Types { get; }

    public static BuiltAssembly Of(Project project)
    {
        lock (Read)
        {
            string file = Repository.Tree.Assembly(project.Name);
            return Read.TryGetValue(file, out BuiltAssembly? known) ? known : Read[file] = new BuiltAssembly(file);
        }
    }

    private static (string Method, string Argument) GenericCall(MetadataReader metadata, MethodSpecification call)
    {
        StringHandle name = call.Method.Kind == HandleKind.MemberReference
            ? metadata.GetMemberReference((MemberReferenceHandle)call.Method).Name
            : metadata.GetMethodDefinition((MethodDefinitionHandle)call.Method).Name;
        BlobReader signature = metadata.GetBlobReader(call.Signature);
        signature.ReadByte(); // GENERICINST, ECMA-335 II.23.2.15
        signature.ReadCompressedInteger(); // count of arguments
        return (metadata.GetString(name), signature.ReadCompressedInteger() is 0x11 or 0x12 ? DeclaredType.NameOf(metadata, signature.ReadTypeHandle()) : "");
    }

    private static HashSet<string> ReadStrings(MetadataReader metadata)
    {
        HashSet<string> strings = [];
        for (UserStringHandle handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            strings.Add(metadata.GetUserString(handle));
        }

        return strings;
    }

    internal static string FullName(MetadataReader metadata, TypeReference type)
    {
        string name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? FullName(metadata, metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope)) + "+" + name
            : metadata.GetString(type.Namespace) + "." + name;
    }
}

/// <summary>A type that an assembly declares.</summary>
/// <param name="Namespace">Its namespace; empty for nested types.</param>
/// <param name="Name">Its name without arity.</param>
/// <param name="IsPublic">Seen by other assemblies, as a type of its own (not nested).</param>
/// <param name="Interfaces">Names of the interfaces it names, without namespace and arity.</param>
/// <param name="Methods">Names of its methods.</param>
internal sealed record DeclaredType(string Namespace, string Name, bool IsPublic, IReadOnlyList<string> Interfaces, IReadOnlyList<string> Methods)
{
    public static DeclaredType Read(MetadataReader metadata, TypeDefinition type) => new(
        metadata.GetString(type.Namespace),
        metadata.GetString(type.Name).Split('`')[0],
        (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public,
        [.. type.GetInterfaceImplementations().Select(handle => NameOf(metadata, metadata.GetInterfaceImplementation(handle).Interface).Split('`')[0])],
        [.. type.GetMethods().Select(handle => metadata.GetString(metadata.GetMethodDefinition(handle).Name))]);

    internal static string NameOf(MetadataReader metadata, EntityHandle type)
    {
        switch (type.Kind)
        {
            case HandleKind.TypeReference:
                return metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name);
            case HandleKind.TypeDefinition:
                return metadata.GetString(metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name);
            case HandleKind.TypeSpecification:
                BlobReader signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)type).Signature);
                signature.ReadSignatureTypeCode(); // ELEMENT_TYPE_GENERICINST, ECMA-335 II.23.2.14
                signature.ReadCompressedInteger(); // class or value type
                return NameOf(metadata, signature.ReadTypeHandle());
            default:
                return "";
        }
    }
}
